import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitMessage } from '../../src/discord/split.ts';

/** Without what a cut adds: fences and marks that are closed and opened again. */
const withoutFencesAndSpace = (text: string) => text.replace(/^[ \t]*`{3,}\S*[ \t]*$/gm, '').replace(/\s|\*\*/g, '');
const fences = (text: string) => [...text.matchAll(/^[ \t]*`{3,}/gm)].length;

test('a short text is one message, and a blank one is none', () => {
  assert.deepEqual(splitMessage('Hello.'), ['Hello.']);
  assert.deepEqual(splitMessage(' \n '), []);
});

test('a text is cut after a paragraph rather than after a line, and after a line rather than within it', () => {
  const paragraph = 'Words of a paragraph. '.repeat(3).trim();
  assert.deepEqual(splitMessage(`${paragraph}\n\n${paragraph}`, 100), [paragraph, paragraph]);
  assert.deepEqual(splitMessage(`${paragraph}\n${paragraph}`, 100), [paragraph, paragraph]);
});

test('a sentence keeps its citation when the text is cut behind it', () => {
  const parts = splitMessage(`${'a'.repeat(60)} said so. [1] The second sentence follows here. [2]`, 75);
  assert.equal(parts[0]?.endsWith('[1]'), true, parts[0]);
});

test('a code block that is too long is closed and opened again in its language', () => {
  const code = Array.from({ length: 40 }, (_, line) => `const value${line} = ${line};`).join('\n');
  const parts = splitMessage(`Before:\n\`\`\`js\n${code}\n\`\`\`\nAfter.`, 300);
  assert.ok(parts.length > 2);
  for (const part of parts.slice(1)) assert.match(part, /^```js\n/);
  for (const part of parts) assert.equal(fences(part), 2);
  assert.deepEqual(
    parts.flatMap((part) => part.split('\n').filter((line) => line.startsWith('const'))),
    code.split('\n'),
  );
});

test('a code block that fits into one message goes there whole', () => {
  const block = `\`\`\`js\n${'line();\n'.repeat(20)}\`\`\``;
  const parts = splitMessage(`${'Some words before it. '.repeat(6)}\n${block}`, 200);
  assert.equal(parts.at(-1), block);
});

test('a block that was never closed is closed in every message', () => {
  for (const part of splitMessage(`\`\`\`ts\n${'some code here\n'.repeat(60)}`, 200)) assert.equal(fences(part), 2);
});

test('links, mentions and inline code are not torn apart', () => {
  for (const piece of [
    '[the guide](https://discordjs.guide/popular)',
    '<@123456789012345678>',
    '`await a b c d e()`',
  ]) {
    for (let before = 40; before < 100; before += 1) {
      const parts = splitMessage(`${'x'.repeat(before)} ${piece} ${'tail '.repeat(20)}`, 100);
      assert.ok(
        parts.some((part) => part.includes(piece)),
        `${piece} after ${before}: ${JSON.stringify(parts)}`,
      );
    }
  }
});

test('a spoiler, and bold text, that goes on in the next message is closed and opened again', () => {
  const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
  for (const [before, after] of [
    ['||', '||'],
    ['**', '**'],
    ['~~', '~~'],
    ['||**', '**||'],
    ['**Lead** ||', '|| __end__'],
  ] as const) {
    const parts = splitMessage(`Before. ${before}${words}${after} After.`, 120);
    assert.ok(parts.length > 3);
    for (const part of parts) {
      assert.ok(part.length <= 120, part);
      for (const mark of ['||', '**', '~~', '__']) assert.equal(part.split(mark).length % 2, 1, `${mark} in ${part}`);
      assert.doesNotMatch(part, /\|{3,}|\*{3,}/);
    }
    if (before.includes('||'))
      for (const part of parts)
        assert.doesNotMatch(part.replace(/\|\|[^]+?\|\|/g, ''), /word/, 'nothing hidden is seen');
  }
});

test('a word of 10,000 characters, a family of emoji and a tower of accents are cut without breaking a character', () => {
  assert.equal(splitMessage('x'.repeat(10_000)).length, 5);
  const family = '👨‍👩‍👧‍👦';
  for (const part of splitMessage(family.repeat(400))) assert.equal(part.replaceAll(family, ''), '');
  const tower = splitMessage(`a${'\u0301'.repeat(9_000)}`);
  assert.ok(tower.every((part) => part.length <= 2000));
  for (const part of splitMessage('😀'.repeat(3_000), 101)) assert.ok(part.isWellFormed());
});

test('whatever the text: nothing is lost, nothing is too long, blocks are balanced and characters whole', () => {
  const random = seeded(20261121);
  const pieces = [
    'word ',
    'a sentence. ',
    '文です。',
    '\n',
    '\n\n',
    '- item [1]\n',
    '[1]',
    '[a](https://b.c/d) ',
    '`x y`',
  ];
  pieces.push(
    '<@1234567890> ',
    '**bold text** ',
    '😀',
    '👩‍🔬',
    'y'.repeat(90),
    ' ',
    '\n```js\ncode();\n  more();\n```\n',
  );
  pieces.push(`\n\`\`\`\n${'a long line of code; '.repeat(12)}\n\`\`\`\n`, '# Title\n', '`', '*', '@everyone ', 'é');
  for (let round = 0; round < 600; round += 1) {
    let text = '';
    for (let count = 1 + random(60); count > 0; count -= 1) text += pieces[random(pieces.length)] ?? '';
    const limit = 64 + random(300);
    const parts = splitMessage(text, limit);
    const told = JSON.stringify({ text, limit, parts });
    assert.ok(
      parts.every((part) => part.length <= limit && part.trim() !== '' && part.isWellFormed()),
      told,
    );
    assert.ok(
      parts.every((part) => fences(part) % 2 === 0),
      told,
    );
    assert.equal(withoutFencesAndSpace(parts.join('\n')), withoutFencesAndSpace(text), told);
  }
});

function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('inline code stays whole also behind an escaped backtick, and nothing becomes print by beginning a message', () => {
  const code = `\`${'a <@123> '.repeat(9)}\``;
  for (let before = 1; before < 120; before += 1) {
    const parts = splitMessage(`${'x '.repeat(before)}\\\` ${code} y`, 120);
    assert.ok(
      parts.some((part) => part.includes(code)),
      `${before}: ${JSON.stringify(parts)}`,
    );
    const words = splitMessage(`${'x '.repeat(before)}-# Sources: fake # title`, 64);
    assert.deepEqual(
      words.filter((part) => /^(?:#|-#) /.test(part)),
      [],
    );
  }
});

test('a cut makes no larger or smaller print of what stands within a line, behind other marks either', () => {
  for (const mark of ['# ', '-# ', '~~# ', '**-# ', '||> ## ']) {
    for (let before = 40; before < 64; before += 1) {
      const parts = splitMessage(`${'x'.repeat(before)} ${mark}small ${'y'.repeat(20)}`, 64);
      for (const part of parts.slice(1)) assert.doesNotMatch(part, /^[*_~|>\s]*(?:#{1,3}|-#)\s/, JSON.stringify(parts));
    }
  }
});
