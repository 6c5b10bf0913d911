import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWriteLine } from '../../../src/adapters/chroma/write-line.ts';
import { keyOf, records } from '../../support/vectors.ts';

const key = keyOf('g1');

/** A line whose writes end when the test says so. */
function heldLine() {
  const writes: { ids: number[]; end: PromiseWithResolvers<void>; signal: AbortSignal | undefined }[] = [];
  const line = createWriteLine((_key, given, signal) => {
    const end = Promise.withResolvers<void>();
    writes.push({ ids: given.map(({ id }) => id), end, signal });
    return end.promise;
  });
  return { line, writes };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what comes while a write is under way goes together in the next, as far as there is room', async () => {
  const { line, writes } = heldLine();
  const all = [
    line.upsert('a', key, records(0, 2), 5),
    line.upsert('a', key, records(2, 4), 5),
    line.upsert('b', key, records(4, 5), 5),
    line.upsert('a', key, records(5, 7), 5),
    line.upsert('a', key, records(7, 9), 5),
  ];
  for (let at = 0; at < 3; at += 1) {
    await turn();
    assert.equal(writes.length, at + 1, 'one at a time');
    writes[at]?.end.resolve();
  }
  await Promise.all(all);
  assert.deepEqual(
    writes.map(({ ids }) => ids),
    [[0, 1, 2, 3], [4], [5, 6, 7, 8]],
  );
});

test('of two records with the same id in one write the later one goes', async () => {
  const { line, writes } = heldLine();
  const both = Promise.all([line.upsert('a', key, records(1, 2), 5), line.upsert('a', key, records(1, 3), 5)]);
  await turn();
  assert.deepEqual(writes[0]?.ids, [1, 2]);
  writes[0]?.end.resolve();
  await both;
});

test('a failed write fails for all that were in it, and the next goes on', async () => {
  const { line, writes } = heldLine();
  const failing = Promise.allSettled([
    line.upsert('a', key, records(0, 1), 2),
    line.upsert('a', key, records(1, 2), 2),
  ]);
  const next = line.upsert('a', key, records(2, 4), 2);
  await turn();
  writes[0]?.end.reject(new Error('no'));
  assert.deepEqual(
    (await failing).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  await turn();
  writes[1]?.end.resolve();
  await next;
});

test('a write is cancelled when nobody wants it any more, not before', async () => {
  const { line, writes } = heldLine();
  const [one, other] = [new AbortController(), new AbortController()];
  const both = [
    line.upsert('a', key, records(0, 1), 2, one.signal),
    line.upsert('a', key, records(1, 2), 2, other.signal),
  ];
  await turn();
  one.abort();
  assert.equal(writes[0]?.signal?.aborted, false);
  other.abort();
  assert.equal(writes[0]?.signal?.aborted, true);
  writes[0]?.end.resolve();
  await Promise.all(both);
});
