import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, cut, link, shown, size, worded } from '../../../src/discord/writing.ts';
import { readByPackage, readByPlayground } from '../../support/markdown-readers.ts';

test('a name with Markdown, mentions and links is shown as the characters it is made of', () => {
  assert.equal(shown('**a** `b` ~~c~~ __d__ ||e||'), '\\*\\*a\\*\\* \\`b\\` \\~\\~c\\~\\~ \\_\\_d\\_\\_ \\|\\|e\\|\\|');
  assert.equal(shown('[click](https://evil.example)'), '\\[click\\]\u200b(https:\u200b//evil.example)');
  assert.equal(shown('<@123> <#5>'), '\\<@\u200b123\\> \\<#5\\>');
  assert.equal(shown('@everyone'), '@\u200beveryone');
  assert.equal(shown('# big'), '\\# big');
  assert.equal(shown('-# small'), '\\-# small');
  assert.equal(shown('3. No cheats'), '3\\. No cheats', 'a digit cannot be escaped, so its dot is');
});

test('control characters, turned writing and line breaks leave a name on one readable line', () => {
  assert.equal(shown('a\u0000b\u202Egnp.exe\u2066\nc\r\n\td'), 'abgnp.exe c d');
  assert.equal(shown('\ud800broken'), '\ufffdbroken');
});

test('a long name is cut without tearing a character in two', () => {
  assert.equal(cut('abcdef', 4), 'abc…');
  assert.equal(cut('abc', 3), 'abc');
  const cutEmoji = cut('ab😀cd', 4);
  assert.equal(cutEmoji, 'ab…');
  assert.ok(cutEmoji.isWellFormed());
  assert.ok(shown('x'.repeat(500)).length <= 100);
});

test('only web addresses become links, and brackets cannot end them early', () => {
  assert.equal(link('T', 'https://a.example/x_(y) z'), '[T](https://a.example/x_%28y%29%20z)');
  assert.equal(link('T', 'javascript:alert(1)'), 'T');
  assert.equal(link('T', 'no address'), 'T');
  assert.equal(link('T', null), 'T');
});

test('a title cannot become a link, in a label or elsewhere, nor carry an invite', () => {
  for (const title of [
    'Rules](https://evil.example/a)',
    '[x](https://evil.example)',
    'https://evil.example',
    'Rules\\](https://evil.example',
    '`](https://evil.example)`',
    '<https://evil.example>',
    '[[a]](https://evil.example)',
    'a\\',
  ]) {
    for (const text of [
      shown(title),
      `**${shown(title)}**`,
      link(`${shown(title)} › ${shown(title)}`, 'https://docs.example/p'),
    ])
      for (const { addresses } of [readByPackage(text), readByPlayground(text)])
        assert.deepEqual(addresses, text.includes('docs.example') ? ['https://docs.example/p'] : [], text);
  }
  assert.equal(link(shown('[Guide] Roles'), 'https://docs.example/p'), '[［Guide］ Roles](https://docs.example/p)');
  assert.equal(shown('discord.gg/evil'), 'discord.\u200bgg/evil');
});

test('a heading that begins with a number is shown without a backslash', () => {
  for (const text of [
    shown('3. No cheats'),
    link(shown('3. No cheats'), 'https://docs.example/p'),
    `-# ${shown('3. No cheats')}`,
  ])
    for (const { look } of [readByPackage(text), readByPlayground(text)]) assert.match(look, /(?<!\\)3\. No cheats/);
});

test('words of ours keep their Markdown, and what others wrote in them does nothing', () => {
  const words = worded(
    '“[x](https://evil.example) @everyone” is empty. See `/help` and https://aistudio.google.com/apikey.',
  );
  assert.equal(
    words,
    '“x (`https://evil.example`) @\u200beveryone” is empty. See `/help` and <https://aistudio.google.com/apikey>.',
  );
  assert.match(shown('See https://ai.google.dev/gemini-api/docs/models.'), /https:\/\/ai\.google\.dev/);
});

test('sizes and moments read as people say them', () => {
  assert.deepEqual([0, 999, 1_500, 12_345, 10_000_000].map(size), ['0 B', '999 B', '1.5 kB', '12 kB', '10 MB']);
  assert.equal(ago(1_500), '<t:2:R>', 'never earlier than the moment itself');
});
