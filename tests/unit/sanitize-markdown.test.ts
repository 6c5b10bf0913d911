import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressesIn } from '../../src/knowledge/markdown/addresses.ts';
import { sanitizeMarkdown } from '../../src/knowledge/markdown/sanitize.ts';
import { readByPackage, readByPlayground } from '../support/markdown-readers.ts';

const allowed = addressesIn([
  'See [the portal](https://discord.com/developers/applications) and https://dis.gd/contact.',
  'https://example.org/rules/ or (https://example.org/a_(b)), in <#555> or discord.gg/ours',
]);
const sanitized = (text: string) => sanitizeMarkdown(text, allowed);
const readings = (text: string) => [readByPackage(text), readByPlayground(text)];

test('nobody is mentioned by a generated text, and no command or channel is offered', () => {
  for (const text of [
    'Hi @everyone!',
    'Hi @HERE',
    '<@123456789012345678>',
    '<@!123456789012345678>',
    '<@&123456789012345678> now',
    '[a](x) @everyone',
    '@\u202eeveryone',
    '[@https://everyone](https://dis.gd/contact)',
    '`||`||<@123456789012345678>||`||`',
    '</restore:123456789012345678>',
    '<#123456789012345678>',
    '<id:customize>',
  ])
    for (const { mentions } of readings(sanitized(text))) assert.deepEqual(mentions, [], text);
  assert.equal(sanitized('Write to a@b.c, ask in <#555>.'), 'Write to a@b.c, ask in <#555>.');
});

test('links to addresses from the passages stay', () => {
  for (const text of [
    '[portal](https://discord.com/developers/applications)',
    'Write to <https://dis.gd/contact>.',
    '**[`portal` *x*](https://dis.gd/contact)**',
    'discord.gg/ours',
  ])
    assert.equal(sanitized(text), text);
  assert.equal(sanitized('(https://example.org/rules)'), '(<https://example.org/rules>)');
  assert.equal(sanitized('See (https://example.org/a_(b)).'), 'See (<https://example.org/a_%28b%29>).');
  assert.equal(sanitized('規則はhttps://example.org/rules。'), '規則は<https://example.org/rules>。');
  assert.equal(sanitized('[a [b] c](https://dis.gd/contact "title")'), '[a ［b］ c](https://dis.gd/contact)');
  assert.deepEqual(
    [...addressesIn(['[https://a.example](https://b.example/c)'])],
    ['https://a.example', 'https://b.example/c'],
  );
  assert.deepEqual([...addressesIn(['See https://discord.com@evil.example/a or https://x:y@evil.example'])], []);
  assert.equal(sanitized('[](https://dis.gd/contact)'), '[dis.gd](https://dis.gd/contact)');
});

test('links to other addresses are none, however they are written', () => {
  for (const text of [
    '[click](https://evil.example/?q=secret)',
    '![x](https://evil.example/?q=secret)',
    '[click](<https://evil.example/?q=secret> "title")',
    '[a [b] c](https://evil.example/?q=secret)',
    '[https://discord.com](https://evil.example/?q=secret)',
    'https://evil.example/?q=secret',
    '<https://evil.example/?q=secret>',
    'https://dis.gd/contact?q=secret',
    'https://dis.gd/contact/secret',
    'https://dis.gd/contact.evil.example',
    'https://dis.gd@evil.example/contact',
    'https://dis.gd:pass@evil.example/contact',
    'https://dis.gd\\@evil.example/contact',
    'https://dis。gd/contact',
    '[x](http:\\\\evil.example)',
    '[x](//evil.example)',
    'HTTPS://EVIL.EXAMPLE/',
    'discord://evil',
    '<mailto:a@evil.example>',
    '<tel:+123456>',
    '\\`[click](https://evil.example)\\`',
    '````\n```\n[click](https://evil.example)\n````',
    '[click\n```\n](https://evil.example)\n```',
    '**\n```js\n** [click](https://evil.example)\n```',
    'see <\n```js\n https://evil.example> [click](https://evil.example)\n```',
    '> ```\n[click](https://evil.example)\n> ```',
    '```\n```\n[click](https://evil.example)\n```js\nx\n```',
  ])
    for (const { addresses } of readings(sanitized(text)))
      assert.deepEqual(
        addresses.filter((address) => address.includes(':') && !allowedHref(address)),
        [],
        text,
      );
  assert.equal(sanitized('[click](https://evil.example/)'), 'click (`https://evil.example/`)');
  assert.equal(sanitized('Join discord.gg/evil now'), 'Join `discord.gg/evil` now');
  assert.equal(sanitized('Read [the guide](../guide.md#x) first.'), 'Read the guide first.');
});

test('brackets and parentheses are a link to a page of the documents, or what they are', () => {
  const shown = (text: string) => readByPlayground(sanitized(text)).look.replaceAll('\u200b', '');
  for (const text of ['arr[i](y) and handlers[name](event)', 'f[0]()', '[y/N](default)', 'map[key](a:b)', '![a](b)'])
    assert.equal(shown(text), text);
  assert.equal(sanitized('[a](../b.md), [c](#d), ![e](f/g.png), [h](/i) と[j](k.md)'), 'a, c, e, h とj');
  for (const { look } of readings(sanitized('¯\\_(ツ)_/¯ _`_ a_'))) assert.ok(look.startsWith('¯\\_(ツ)_/¯ '), look);
  assert.equal(sanitized('#general and *C*# x'), '#general and *C*# x');
});

test('inline code that a reader may take for prose has no link or mention in it', () => {
  for (const text of [
    '[note `a](https://evil.example)` b',
    '[1] and `a](https://evil.example)`',
    '[a `\\[b](https://evil.example)`',
    '``a ` <@123456789012345678>``',
    `\`${'a '.repeat(250)}<@123456789012345678> https://evil.example\``,
  ])
    assert.match(sanitized(text), /\u200b/, text);
  assert.equal(sanitized('``a ` https://dis.gd/contact``'), '``a ` https://dis.gd/contact``');
});

test('backticks that Discord pairs otherwise bring no link through', () => {
  for (const mark of ['||', '**', '*', '__', '_', '~~', '[', '<https://']) {
    for (const text of [
      `${mark}\`${mark}[Log in](https://evil.example)${mark}\`${mark}`,
      `${mark}a \`b${mark} [Log in](https://evil.example)\` c${mark}`,
      `\`\`${mark}\`[Log in](https://evil.example)\`\`\`${mark}`,
    ])
      for (const { addresses } of readings(sanitized(text)))
        assert.deepEqual(
          addresses.filter((address) => address.includes('evil')),
          [],
          text,
        );
  }
});

test('headings become bold, and small print is ours alone', () => {
  assert.equal(sanitized('# How to **join**\nText\n### Next `a`'), '**How to join**\nText\n**Next `a`**');
  assert.equal(
    sanitized('-# Sources: [1] [Rules](https://dis.gd/contact)'),
    'Sources: [1] [Rules](https://dis.gd/contact)',
  );
  for (const text of [
    '-# a',
    '- -# a',
    '> # a',
    '> - -# a',
    '# -# # a',
    '||# a||',
    '**-# a**',
    '**> # a**',
    '## >>> ## **a** b',
    '* >>> - -# a',
    '\u3000-# a',
    '`\t`# a',
    '#\na',
    '![# a](https://elsewhere.example)',
    '[](b.md)# a',
    '[# a](https://dis.gd/contact)',
    'x\u2028-# a',
  ])
    for (const { print } of readings(sanitized(text))) assert.deepEqual(print, [], text);
  assert.equal(sanitized('>>> a\nb\n\nc'), '> a\n> b\n>\n> c', 'what follows the answer is not quoted with it');
});

test('code is code, and is left as it is', () => {
  for (const text of [
    '```js\nfetch("https://evil.example"); // @everyone, a[b](c), 1 || 2\n```',
    'Use `args[0]` and ``a ` b``.',
    'Run `curl https://dis.gd/contact`, then open `http://localhost:3000/` or `fetch("https://elsewhere.example")`.',
    '`npm i @everyone/pkg`, `array[0](x)`, `[text](https://elsewhere.example)`, `<@123>`, `<#123>` and `</ask:1>`',
    '```\nplain\n```',
    '```js\nsay(`https://elsewhere.example/${code}`); // <@123>, @everyone\n```',
  ])
    assert.equal(sanitized(text), text);
  assert.equal(sanitized('Before ```js\ncode``` after'), 'Before \n```js\ncode\n```\n after');
  assert.equal(sanitized('1. a\n   ```js\n   code();\n   ```\n2. b'), '1. a\n```js\ncode();\n```\n2. b');
  assert.equal(sanitized('````md\n```js\nx\n```\n````'), '```md\nˋˋˋjs\nx\nˋˋˋ\n```');
  assert.equal(sanitized('```js\nnever closed'), '```js\nnever closed\n```');
});

test('marks that are whole stay, and others are shown as characters', () => {
  for (const text of [
    '**bold *it* b** ***both*** _it_ __under__ ~~gone~~ ||hidden||',
    'snake_case_name 2 * 3 and C:\\Users\\name',
    '- a\n- b\n  1. c\n> quote',
    '*a **b*** and **a\nb**',
    '<name> needs <t:1:R> <:wave:123456789012345678> 👩‍🔬',
  ])
    assert.equal(sanitized(text), text);
  assert.equal(sanitized('**a `b** c` d'), '\\*\\*a `b** c` d');
  assert.equal(sanitized('a || b ` c'), 'a \\|\\| b \\` c');
  assert.equal(sanitized('~~a \\~~ b~~'), '~~a \\~\\~ b~~');
});

test('what was written anew is not changed by being written again', () => {
  for (const text of ['# a\n**b `c** d`\n[x](https://evil.example)', '`a``b` || ` c', '[a](https://dis.gd/contact)*'])
    assert.equal(sanitized(sanitized(text)), sanitized(text), text);
});

test('a text that keeps the patterns busy takes work in proportion to its length', () => {
  for (const piece of [
    '[',
    '[a](',
    '[a](#',
    '[a](b ',
    '![a](<b',
    'a://',
    '<a',
    '@',
    '`',
    '` ``',
    '```\n',
    '```a',
    '\\',
    '\\`',
    '> ',
    '- ',
    '# ',
    '**',
    '*a',
    '_a_',
    '||',
    ' ',
    '\n',
    '((',
    '。',
    '=',
  ]) {
    const [short, long] = [1_000, 5_000].map((length) => workFor(piece.repeat(Math.floor(length / piece.length))));
    assert.ok((long ?? 0) <= 6 * (short ?? 0) + 100, `${JSON.stringify(piece)}: ${short} and ${long} pieces`);
  }
});

function allowedHref(address: string): boolean {
  return [...allowed].includes(address.replace(/\/$/, ''));
}

/** How many pieces of the text were looked at, counted where patterns meet it. */
function workFor(text: string): number {
  let pieces = 0;
  const exec: (this: RegExp, text: string) => unknown = Reflect.get(RegExp.prototype, 'exec');
  const counting = function (this: RegExp, text: string) {
    pieces += 1;
    return exec.call(this, text);
  };
  Reflect.set(RegExp.prototype, 'exec', counting);
  try {
    sanitized(text);
  } finally {
    Reflect.set(RegExp.prototype, 'exec', exec);
  }
  return pieces;
}
