import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOfflineGenerator } from '../../src/adapters/offline/generate.ts';
import { stem } from '../../src/adapters/offline/stem.ts';
import { unitsOf } from '../../src/adapters/offline/units.ts';
import { isAppError } from '../../src/errors.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import type { Passage } from '../../src/knowledge/model.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import { passage } from '../support/answer-stage.ts';

const generator = createOfflineGenerator({
  vocabulary: { words: searchWords, common: commonWords },
  noAnswer: 'NO_ANSWER',
});

async function written(question: string, texts: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const passages = texts.map((text, index) => ({ number: index + 1, passage: passage(index + 1, text) }));
  const rest = { instructions: '', prompt: '', conversation: [], language: 'en' as const, maxOutputTokens: 100 };
  const written: string[] = [];
  for await (const piece of generator.generate({ ...rest, question, passages }, signal)) written.push(piece);
  return written;
}

const ephemeral = `## Ephemeral responses

You may not always want everyone to see a response. Deferring is explained later.

An ephemeral reply is seen by one person only. It is made with a flag, e.g. \`MessageFlags.Ephemeral\`, like this:

\`\`\`js {2}
await interaction.reply({ content: 'Secret', flags: MessageFlags.Ephemeral });
\`\`\``;

test('the answer is the sentence that fits, with its citation and the code that belongs to it', async () => {
  const answer = await written('How do I make a reply ephemeral?', ['The weather is fine today in Oslo.', ephemeral]);
  const text = answer.join('');
  assert.match(text, /An ephemeral reply is seen by one person only\. \[2\]/);
  assert.match(text, /\n```js\nawait interaction/);
  assert.doesNotMatch(text, /weather|##|\{2\}/);
  assert.equal(text.split('```').length, 3);
  assert.ok(answer.length > 1, 'it comes sentence by sentence');
});

async function writtenOf(question: string, passages: readonly Passage[]): Promise<string> {
  const numbered = passages.map((each, index) => ({ number: index + 1, passage: each }));
  const rest = { instructions: '', prompt: '', conversation: [], language: 'en' as const, maxOutputTokens: 100 };
  let text = '';
  for await (const piece of generator.generate({ ...rest, question, passages: numbered }, undefined)) text += piece;
  return text;
}

test('code with no words before it is an answer under a heading that asks the same', async () => {
  const code = { ...passage(1, '```js\nmembers.ban(user);\n```'), headings: ['How do I ban a user?'] };
  const text = await writtenOf('How can I ban a user?', [code]);
  assert.equal(text, '**How do I ban a user?** [1]\n```js\nmembers.ban(user);\n```');
});

test('of two sentences that fit alike, the one of the better passage is the answer, and the other adds nothing', async () => {
  const worse = { ...passage(1, 'The modal window was renamed in this release.'), score: 0.8 };
  const better = { ...passage(2, 'Every modal window needs a custom identifier.'), score: 1.6 };
  assert.equal(
    await writtenOf('What is a modal window?', [worse, better]),
    'Every modal window needs a custom identifier. [2]',
  );
});

test('Japanese questions are answered from Japanese sentences', async () => {
  const answer = await written('ボットはどのインテントが必要ですか？', [
    'このページはサーバーの規則です。挨拶を忘れないでください。',
    'メッセージを読むボットにはMessageContentインテントが必要です。開発者ポータルで有効にします。',
  ]);
  assert.match(answer.join(''), /^メッセージを読むボットにはMessageContentインテントが必要です。 \[2\]/);
});

test('when no sentence speaks of the question it says so', async () => {
  assert.deepEqual(await written('What is the capital of Mongolia?', [ephemeral]), ['NO_ANSWER']);
  assert.deepEqual(await written('How do I?', [ephemeral]), ['NO_ANSWER']);
  assert.deepEqual(await written('ephemeral?', []), ['NO_ANSWER']);
});

test('half a block of code is never shown, nor a block that is very long', async () => {
  const open = 'An ephemeral reply is made like this:\n\n```js\nawait reply();';
  assert.equal((await written('ephemeral reply', [open])).join(''), 'An ephemeral reply is made like this. [1]');
  const long = `An ephemeral reply is made like this:\n\n\`\`\`js\n${'await reply();\n'.repeat(100)}\`\`\``;
  assert.doesNotMatch((await written('ephemeral reply', [long])).join(''), /```/);
});

test('a list that a sentence announces comes with it', async () => {
  const list = 'The server roles are these:\n\n- Moderator\n- Member\n\nSomething else.';
  assert.equal(
    (await written('What are the server roles?', [list])).join(''),
    'The server roles are these: [1]\n- Moderator [1]\n- Member [1]',
  );
});

test('it ends when it is cancelled', async () => {
  const abort = new AbortController();
  abort.abort();
  await assert.rejects(written('ephemeral reply', [ephemeral], abort.signal), (error) => isAppError(error, 'aborted'));
});

test('a passage falls into sentences, items, tables and code, without headings and markup', () => {
  const units = unitsOf(`# Title
First sentence, e.g. This one. See <DocsLink path="Client:Class"/> for \`a. B\` here.
Second line
goes on.

::: warning
Careful!
:::
![picture](./x.png)

1. One
   more
2. Two
| a | b |
|---|---|
| 1 | 2 |
> 引用です。次の文。`);
  assert.deepEqual(
    units.map(({ kind, text }) => `${kind}: ${text}`),
    [
      'sentence: First sentence, e.g. This one.',
      'sentence: See `Client` for `a. B` here.',
      'sentence: Second line goes on.',
      'sentence: Careful!',
      'item: One more',
      'item: Two',
      'table: ```\n| a | b |\n|---|---|\n| 1 | 2 |\n```',
      'sentence: 引用です。',
      'sentence: 次の文。',
    ],
  );
});

test('what opens a sentence stays with it', () => {
  const texts = (passage: string) => unitsOf(passage).map(({ text }) => text);
  assert.deepEqual(texts('先に保存します。[復旧シート](kit.md)に手順があります。「元に戻す」を押します。'), [
    '先に保存します。',
    '[復旧シート](kit.md)に手順があります。',
    '「元に戻す」を押します。',
  ]);
  assert.deepEqual(texts('It is saved. (The log says so.) “Undo” leads back.'), [
    'It is saved.',
    '(The log says so.)',
    '“Undo” leads back.',
  ]);
});

test('of a very long line the beginning is read, and of a long row of marks nothing', () => {
  const lengths = (text: string) => unitsOf(text).map((unit) => unit.text.length);
  assert.deepEqual(lengths('<a '.repeat(30_000)), [20_000]);
  assert.deepEqual(lengths('word '.repeat(60_000)), [19_999]);
  assert.deepEqual(lengths(`${'「'.repeat(30_000)}x`), []);
  assert.deepEqual(lengths('`'.repeat(30_001)), []);
  assert.deepEqual(lengths('~'.repeat(30_001)), []);
});

test('inflected words meet in their stem', () => {
  for (const words of [
    ['delete', 'deletes', 'deleting', 'deleted', 'deletion'],
    ['reply', 'replies', 'replying'],
    ['private', 'privately'],
    ['intent', 'intents'],
  ])
    // prettier-ignore
    assert.equal(new Set(words.map(stem)).size, 1, words.map(stem).join());
  assert.equal(stem('日本語'), '日本語');
});
