import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wholeSentences } from '../../src/knowledge/whole-sentences.ts';

const cuts: Readonly<Record<string, readonly [string, string]>> = {
  'a sentence begun': ['It is privileged. [1] And you mus', 'It is privileged. [1]'],
  'a number with a point': ['Use Node 24. [1] Then discord.js 14.28 or new', 'Use Node 24. [1]'],
  'a citation before the point': ['It is so [1]. But wh', 'It is so [1].'],
  'an abbreviation': ['Take one. Use a tool, e.g. a spo', 'Take one.'],
  'Japanese sentences': [
    '特権が必要です。[1]「有効にしてください。」[2] その後に再',
    '特権が必要です。[1]「有効にしてください。」[2]',
  ],
  'citations in full width': ['特権が必要です。［１］［２、３］次に設', '特権が必要です。［１］［２、３］'],
  'Japanese with a number': ['バージョン14.28を使います【1】。次に設', 'バージョン14.28を使います【1】。'],
  'a question and an exclamation': ['本当ですか？はい！そう', '本当ですか？はい！'],
  'an item of a list': ['Do this:\n- one [1]\n- two [2]\n- thr', 'Do this:\n- one [1]\n- two [2]'],
  'the number of an item': ['Steps:\n1. Open it. [1]\n2. ', 'Steps:\n1. Open it. [1]'],
  'an announcement without what it announces': ['Done. [1]\n\nNow run this:\n\n- ', 'Done. [1]'],
  'a line within a sentence': ['One. [1]\nThis goes on\nover the li', 'One. [1]'],
  'inline code with a point': ['One. [1] Use `a. b', 'One. [1]'],
  'bold with a point': ['One. [1] **Two. Thr', 'One. [1]'],
  'the label of a link': ['One. [1] See [the guide. Here', 'One. [1]'],
  'a block of code': ['Run. [1]\n```ts\nconst a = 1;\nconst b', 'Run. [1]\n```ts\nconst a = 1;'],
  'a block of code without a line': ['Run. [1]\n```ts\ncons', 'Run. [1]'],
  'the text after a block': ['Run. [1]\n```ts\na. b\n```\nThen it wor', 'Run. [1]\n```ts\na. b\n```'],
  'no sentence at all': ['Just a beginn', ''],
};

for (const [what, [text, whole]] of Object.entries(cuts)) {
  test(`a text that breaks off is cut at a sentence: ${what}`, () => assert.equal(wholeSentences(text), whole));
}

test('a text that ends with a sentence stays whole', () => {
  for (const text of ['One. Two! Three?', 'はい。[1][2]', 'He said “no.”', 'A.\n\n- b. [1]']) {
    assert.equal(wholeSentences(text), text);
  }
});
