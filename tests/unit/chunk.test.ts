import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBlocks } from '../../src/adapters/extract/markdown.ts';
import { chunkBlocks, DEFAULT_SIZES } from '../../src/knowledge/chunk.ts';
import type { NewChunk } from '../../src/knowledge/model.ts';
import { estimateTokens } from '../../src/knowledge/tokens.ts';

function chunk(text: string, title = 'Guide', sizes = {}): NewChunk[] {
  return chunkBlocks(title, readBlocks(text), sizes);
}

const sentence = (n: number): string => `Sentence number ${n} says something about the matter at hand.`;
const prose = (sentences: number): string => Array.from({ length: sentences }, (_, n) => sentence(n)).join(' ');

test('each chunk keeps the path of headings above it, and the title is not said twice', () => {
  const chunks = chunk(
    '# Guide\n\nintro\n\n## Intents\n\none\n\n### Privileged `ones` {#p}\n\ntwo\n\n## [Errors](x.md)\n\nthree',
  );
  assert.deepEqual(
    chunks.map(({ headings, text, ordinal }) => [ordinal, headings, text]),
    [
      [0, [], 'intro'],
      [1, ['Intents'], 'one'],
      [2, ['Intents', 'Privileged ones'], 'two'],
      [3, ['Errors'], 'three'],
    ],
  );
});

test('small neighbours of a section are put together, those of different sections are not', () => {
  const chunks = chunk('## A\n\none\n\n- two\n- three\n\n```js\nfour\n```\n\n## B\n\nfive');
  assert.deepEqual(
    chunks.map(({ text }) => text),
    ['one\n\n- two\n- three\n\n```js\nfour\n```', 'five'],
  );
});

test('a code block that fits stays whole, a longer one becomes several fences with the same language', () => {
  const code = (lines: number): string =>
    `\`\`\`ts title="a.ts"\n${Array.from({ length: lines }, (_, n) => `const v${n} = ${n};`).join('\n')}\n\`\`\``;
  assert.deepEqual(
    chunk(code(40)).map(({ text }) => text),
    [code(40)],
  );
  const pieces = chunk(code(300));
  assert.ok(pieces.length > 3);
  for (const { text } of pieces) assert.match(text, /^```ts title="a\.ts"\n(?:const v\d+ = \d+;\n)+```$/);
});

test('an unclosed fence is closed, and a fence inside a longer fence is left alone', () => {
  const pieces = chunk(`\`\`\`\`md\n${'```js\nx\n```\n'.repeat(200)}`);
  assert.ok(pieces.length > 1);
  for (const { text } of pieces) {
    assert.ok(text.startsWith('````md\n'));
    assert.ok(text.endsWith('\n````'));
  }
});

test('a table of 2,000 rows repeats its header in every chunk and loses no row', () => {
  const rows = Array.from({ length: 2_000 }, (_, n) => `| key${n} | value ${n} |`);
  const chunks = chunk(`| Name | Meaning |\n| --- | --- |\n${rows.join('\n')}`);
  for (const { text } of chunks) assert.ok(text.startsWith('| Name | Meaning |\n| --- | --- |\n| key'));
  assert.deepEqual(
    chunks.flatMap(({ text }) => text.split('\n').slice(2)),
    rows,
  );
});

test('a long paragraph is cut at the ends of sentences, in English and in Japanese', () => {
  for (const { text } of chunk(prose(200))) assert.match(text, /^Sentence .* hand\.$/);
  for (const { text } of chunk('吾輩は猫である。名前はまだ無い。'.repeat(200))) assert.match(text, /^(吾輩|名前).*。$/);
});

test('without sentences a text is cut between words, without words between whole characters', () => {
  const words = Array.from({ length: 3_000 }, (_, n) => `word${n}`);
  assert.deepEqual(
    chunk(words.join(' ')).flatMap(({ text }) => text.split(' ')),
    words,
  );
  const family = '👨‍👩‍👧‍👦';
  for (const { text } of chunk(family.repeat(2_000))) assert.equal(text.replaceAll(family, ''), '');
  for (const { text } of chunk(`a${'\u0301'.repeat(5_000)}`)) assert.ok(text.isWellFormed());
});

test('a long list is cut between its items', () => {
  const items = Array.from({ length: 100 }, (_, n) => `- item ${n}: ${sentence(n)}\n  and a second line`);
  const chunks = chunk(items.join('\n'));
  assert.ok(chunks.length > 3);
  for (const { text } of chunks) assert.match(text, /^- item \d+: [^]*and a second line$/);
});

test('headings alone make no chunk, a thousand sections make one each', () => {
  assert.deepEqual(chunk('# empty\n'.repeat(5_000)), []);
  assert.equal(chunk('# same\n\ntext\n\n'.repeat(1_000)).length, 1_000);
});

test('a heading of 10,000 characters is cut to a sane length', () => {
  const [first] = chunk(`# ${'long '.repeat(2_000)}\n\ntext`);
  assert.ok(first !== undefined && (first.headings[0]?.length ?? 0) <= 200);
});

test('more passages than the limit are refused in words', () => {
  assert.throws(() => chunk('# h\n\nt\n\n'.repeat(11), 'T', { maxChunks: 10 }), {
    code: 'invalid',
    message: /Split it/,
  });
});

test('the hash changes with title, headings and text, and with nothing else', () => {
  const hash = (text: string, title: string): string => chunk(text, title)[0]?.textHash ?? '';
  assert.equal(hash('## A\n\nx', 'T'), hash('\n\n## A\nx\n', 'T'));
  assert.equal(
    new Set([hash('## A\n\nx', 'T'), hash('## B\n\nx', 'T'), hash('## A\n\ny', 'T'), hash('## A\n\nx', 'U')]).size,
    4,
  );
});

const samples: Record<string, string> = {
  'nested lists': Array.from({ length: 200 }, (_, n) => `${'  '.repeat(n % 40)}- level ${n}`).join('\n'),
  'deep headings': Array.from({ length: 50 }, (_, n) => `${'#'.repeat((n % 8) + 1)} h${n}\n\nbody ${n}`).join('\n\n'),
  'link definitions and comments':
    '[a]: https://a.example "x"\n[b]: https://b.example\n\n<!-- note -->\n<div>\nhtml\n</div>\n',
  'right-to-left text': 'مرحبا بالعالم. هذا نص عربي طويل.\n\n'.repeat(100),
  'quotes with code': '> quoted\n> ```\n> code\n> ```\n\n'.repeat(50),
  'unclosed fence': `text\n\n~~~py\n${'x = 1\n'.repeat(500)}`,
  'mixed prose': `# T\n\n${prose(90)}\n\n## S\n\n${prose(3)}\n\n| a | b |\n|--|--|\n| c | d |\n`,
};
const guide = new URL('../../docs', import.meta.url).pathname;
for (const file of readdirSync(guide, { recursive: true, encoding: 'utf8' })) {
  if (file.endsWith('.md')) samples[`docs/${file}`] = readFileSync(join(guide, file), 'utf8');
}

for (const [name, text] of Object.entries(samples)) {
  test(`no line is lost, no size exceeded, no ordinal skipped: ${name}`, () => {
    for (const sizes of [{}, { targetTokens: 60, maxTokens: 90 }]) {
      const chunks = chunk(text, 'T', sizes);
      assert.deepEqual(
        chunks.map(({ ordinal }) => ordinal),
        [...chunks.keys()],
      );
      for (const { tokens, text } of chunks) {
        assert.equal(tokens, estimateTokens(text));
        assert.ok(tokens > 0 && tokens <= (sizes.maxTokens ?? 512), `${tokens} tokens`);
      }
      const flat = (text: string): string => text.replace(/\s+/g, '');
      const all = flat(chunks.map(({ text }) => text).join(''));
      // Beside the header, which every piece of a table repeats, a row has a quarter of the room at least.
      const forRow = Math.min(50, { ...DEFAULT_SIZES, ...sizes }.targetTokens / 4);
      const fits = (line: string): boolean => estimateTokens(line) < (/^\s*\|/.test(line) ? forRow : 50);
      const missing = text
        .split('\n')
        .filter((line) => !/^#{1,6} |^\s*$|^---+$/.test(line) && fits(line) && !all.includes(flat(line)));
      assert.deepEqual(missing, []);
    }
  });
}
