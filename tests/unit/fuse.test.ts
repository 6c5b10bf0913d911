import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreement, literalPieces } from '../../src/knowledge/agreement.ts';
import { fuse, fusionDepth } from '../../src/knowledge/fuse.ts';

const list = (...pairs: [number, number][]) => pairs.map(([id, score]) => ({ id, score }));
const order = (ranking: readonly { id: number }[]) => ranking.map(({ id }) => id);

test('with a weight of 0 the words decide alone, and without words the vectors do', () => {
  const words = list([1, 9], [2, 5], [3, 1]);
  const near = list([3, 0.9], [2, 0.5], [4, 0.1]);
  assert.deepEqual(order(fuse(words, near, 0)).slice(0, 3), [1, 2, 3]);
  assert.deepEqual(order(fuse([], near, 0.3)), [3, 2, 4]);
  assert.deepEqual(fuse([], [], 1), []);
});

test('what both rankings put first stays first', () => {
  for (const weight of [0.1, 0.3, 1, 2]) {
    const fused = fuse(list([7, 4], [8, 3], [9, 2]), list([7, 0.8], [9, 0.7], [8, 0.2]), weight);
    assert.equal(fused[0]?.id, 7);
  }
});

test('a first place far ahead in words is not overturned by a weak ranking, a narrow one is', () => {
  const near = list([2, 0.6], [3, 0.3], [1, 0.1]);
  assert.equal(fuse(list([1, 20], [2, 5]), near, 0.3)[0]?.id, 1);
  assert.equal(fuse(list([1, 20], [2, 19]), near, 0.3)[0]?.id, 2);
});

test('only the shape of the scores counts, not their scale', () => {
  const near = list([3, 0.9], [2, 0.5], [1, 0.1]);
  const small = fuse(list([1, 0.9], [2, 0.8], [3, 0.1]), near, 0.5);
  const large = fuse(list([1, 900], [2, 800], [3, 100]), near, 0.5);
  assert.deepEqual(order(small), order(large));
});

test('a single match is worth a full score, and a full list ends at 0', () => {
  assert.equal(fuse(list([1, 0.4]), [], 1)[0]?.score, 1);
  const full = Array.from({ length: fusionDepth }, (_, place) => ({ id: place, score: 100 - place }));
  assert.equal(fuse(full, [], 1).at(-1)?.score, 0);
});

test('equal scores are ordered by id, so that the same question has the same answer', () => {
  assert.deepEqual(order(fuse(list([5, 1], [3, 1], [4, 1]), [], 1)), [3, 4, 5]);
});

test('literal agreement tells candidates apart by what not all of them share', () => {
  const [first = 0, second = 0] = agreement(literalPieces('梅雨の期間'), ['梅雨の話', '梅雨の期間は五月から']);
  assert.ok(second > first);
  const [near = 0, far = 0] = agreement(literalPieces('select menu options'), ['a select menu', 'a menu to select']);
  assert.ok(near > far);
  assert.deepEqual(agreement([], ['text']), [0]);
});
