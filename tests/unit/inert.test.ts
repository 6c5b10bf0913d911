import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressesIn, makeInert } from '../../src/knowledge/inert.ts';

const allowed = addressesIn([
  'See [the portal](https://discord.com/developers/applications) and https://dis.gd/contact.',
  'https://example.org/rules/',
]);
const inert = (text: string) => makeInert(text, allowed);

test('nobody can be mentioned by a generated text', () => {
  for (const text of [
    'Hi @everyone!',
    'Hi @HERE',
    '<@123>',
    '<@!123>',
    '<@&123> now',
    '[a](x) @everyone',
    '@\u202eeveryone',
  ]) {
    assert.doesNotMatch(inert(text), /@(?:everyone|here)|<@[!&]?\d/i, text);
  }
  assert.equal(inert('`@everyone` is a role; write a@b.c'), '`@everyone` is a role; write a@b.c');
});

test('links to addresses from the passages stay', () => {
  for (const text of [
    '[portal](https://discord.com/developers/applications)',
    'Write to https://dis.gd/contact.',
    'Write to <https://dis.gd/contact>.',
    '(https://example.org/rules)',
  ])
    assert.equal(inert(text), text);
  assert.equal(inert('規則はhttps://example.org/rules。'), '規則はhttps://example.org/rules 。');
});

test('links to other addresses are no links, whatever they look like', () => {
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
    'HTTPS://EVIL.EXAMPLE/',
    'discord://evil',
    '\\`[click](https://evil.example)\\`',
    '````\n```\n[click](https://evil.example)\n````',
  ]) {
    const outside = inert(text).replace(/(?<!\\)(?:`{3}[\s\S]+?`{3}|`[^`\n]+`)/g, '');
    assert.doesNotMatch(outside, /:\/\//, `${text} → ${inert(text)}`);
  }
  assert.equal(inert('[click](https://evil.example/)'), 'click (`https://evil.example/`)');
});

test('nothing turns the direction in which the rest is read', () => {
  assert.equal(inert('See \u202egpj.exe\u202c and \u2066this\u2069.'), 'See gpj.exe and this.');
});

test('paths of a document are shown as their words, and code is left as it is', () => {
  assert.equal(inert('Read [the guide](../guide.md#x) first.'), 'Read the guide first.');
  assert.equal(inert('`fetch("https://evil.example")`'), '`fetch("https://evil.example")`');
  assert.equal(inert('```js\nfetch("https://evil.example")\n```'), '```js\nfetch("https://evil.example")\n```');
});

test('texts made to keep the patterns busy take no time', () => {
  const started = performance.now();
  for (const piece of ['[', '[a](', '[a](#', '[a](b ', '![a](<b', 'a://', '<a', '@', '`', '```\n']) {
    inert(piece.repeat(Math.floor(10_000 / piece.length)));
  }
  assert.ok(performance.now() - started < 2_000, `${performance.now() - started} ms`);
});
