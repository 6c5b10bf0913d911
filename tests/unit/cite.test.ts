import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCitations, settledText } from '../../src/knowledge/cite.ts';
import { growth } from '../support/growth.ts';

const checked = (text: string, given = [1, 2, 3, 4]) => checkCitations(text, given).text;

test('every way of writing a citation becomes one form', () => {
  for (const written of [
    '[1, 2]',
    '[1][2]',
    '[1] [2]',
    '【1】【2】',
    '［１，２］',
    '[1、2]',
    '[1-2]',
    '[１–２]',
    '[^1][^2]',
    '[ 1, 2 ]',
    '［ １ ］［２］',
    '[１−２]',
    '[1・2]',
    '[1 and 2]',
    '[出典：1、2]',
    '【該当箇所１】【該当箇所２】',
    '【1†source】【2†p. 9】',
  ])
    assert.equal(checked(`So. ${written}`), 'So. [1][2]', written);
  assert.equal(checked('So. [passage 1] And so. [Source 2]'), 'So. [1] And so. [2]');
});

test('citations are numbered in the order in which they appear, and reported as they were given', () => {
  const result = checkCitations('A. [4] B. [2][4] C. [1]', [1, 2, 3, 4]);
  assert.equal(result.text, 'A. [1] B. [2][1] C. [3]');
  assert.deepEqual(result.cited, [4, 2, 1]);
  assert.deepEqual([...result.shown], [[4, 1], [2, 2], [1, 3]]); // prettier-ignore
});

test('numbers that were not given disappear with their brackets and their space', () => {
  assert.equal(checked('One [9] two [1].'), 'One two [1].');
  assert.equal(checked('One [9]. Two [7, 1]'), 'One. Two [1]');
  assert.equal(checked('[9] One'), 'One');
  assert.equal(checked('- [9] One [1]'), '- One [1]');
  assert.equal(checked('一つ目です【該当箇所９】。二つ目です【99†source】。'), '一つ目です。二つ目です。');
  assert.equal(checked('一つ目です【9】。二つ目です【2】。'), '一つ目です。二つ目です[1]。');
});

test('a range stands for the given numbers within it', () => {
  assert.deepEqual(checkCitations('So. [1-900]', [2, 3]).cited, [2, 3]);
  assert.equal(checked('So. [5-9]'), 'So.');
});

test('code, links, zeros and years are left alone', () => {
  for (const text of [
    'Take `args[1]` and `[9]`.',
    '```js\nconst a = b[1];\nc([9]);\n```',
    'See [1](https://example.org/1) and [the guide [9]](https://example.org).',
    'The first is args[0].',
    'In [2024] it changed.',
    '```\nnever closed [9]',
  ])
    assert.equal(checked(text), text);
});

test('a citation behind which a parenthesis follows is no link', () => {
  assert.equal(checked('So [1](see below)'), 'So [1] (see below)');
});

test('passages of one place share a number', () => {
  const result = checkCitations('A. [1] B. [2] C. [3]', [1, 2, 3], (number) => Math.min(number, 2));
  assert.equal(result.text, 'A. [1] B. [2] C. [2]');
  assert.deepEqual(result.cited, [1, 2, 3]);
});

test('the beginning of a text is numbered as the whole will be, and shows nothing half-written', () => {
  const text =
    'Use **A** [4]. See [the docs](https://a.b/c) or `x[1]`, then <@123> 【2, 3】 and [9] `code` [4][2].\n```js\na[1]\n```\nEnd.';
  const whole = checked(text);
  for (let length = 0; length <= text.length; length += 1) {
    const settled = settledText(text.slice(0, length));
    assert.ok(text.startsWith(settled));
    const prefix = checked(settled).trimEnd();
    assert.ok(whole.startsWith(prefix), `${JSON.stringify(prefix)} is no beginning of ${JSON.stringify(whole)}`);
    assert.doesNotMatch(settled.replace(/```[\s\S]*|`[^`]*`/g, ''), /\[[^\]]*$|【[^】]*$/);
  }
  assert.equal(settledText('Done. '), 'Done. ');
});

test('long runs of brackets take work in proportion to their length', async () => {
  for (const piece of ['[', '[1', '【', ' [1]']) {
    for (const work of [checked, settledText]) {
      const times = await growth((size) => work(piece.repeat(size / piece.length)), { from: 1_000, to: 16_000 });
      assert.ok(times < 64, `${work.name} of ${piece}: ${times} times the work for 16 times the length`);
    }
  }
});
