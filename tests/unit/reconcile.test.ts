import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, isAppError } from '../../src/errors.ts';
import { reconcile } from '../../src/knowledge/reconcile.ts';
import { createMemoryIndex } from '../support/memory-index.ts';
import { createVectorStore, range } from '../support/vector-store.ts';
import { keyOf, records, unitVector } from '../support/vectors.ts';

const key = keyOf('one');
const { space } = key;
const down = () => Promise.reject(new AppError('unavailable', 'Chroma cannot be reached.'));

test('a server that is down ends the work with its error, and nothing is dropped', async () => {
  const index = createMemoryIndex();
  await index.upsert(key, records(1, 5));
  const { store } = createVectorStore({ one: range(1, 5) }, 16);
  const failing = { ...index, nearest: down };
  await assert.rejects(reconcile({ store, index: failing, space }), (error) => isAppError(error, 'unavailable'));
  assert.equal(await index.count(key), 4);
});

test('a server that restarts once during the check is no reason to rebuild, one that crashes again is', async () => {
  const { store } = createVectorStore({ one: range(1, 5) }, 16);
  for (const [crashes, rebuilt] of [
    [1, []],
    [2, ['one']],
  ] as const) {
    const index = createMemoryIndex();
    let left: number = crashes;
    let waits = 0;
    const crashing: typeof index = {
      ...index,
      nearest: (...args) => ((left -= 1) >= 0 ? down() : index.nearest(...args)),
    };
    const report = await reconcile({ store, index: crashing, space, ready: async () => void (waits += 1) });
    assert.deepEqual(report.rebuilt, rebuilt);
    assert.equal(waits, crashes);
    assert.equal(await index.count(key), 4);
  }
});

test('a collection of which nothing can be read is rebuilt', async () => {
  const index = createMemoryIndex();
  let damaged = true;
  const reading: typeof index = {
    ...index,
    ids: (of) => {
      if (damaged) throw new AppError('damaged', 'Chroma cannot read its index.');
      return index.ids(of);
    },
    drop: async (of) => {
      damaged = false;
      await index.drop(of);
    },
  };
  const { store } = createVectorStore({ one: range(1, 5) }, 16);
  assert.deepEqual((await reconcile({ store, index: reading, space })).rebuilt, ['one']);
  assert.equal(await index.count(key), 4);
});

test('a database that cannot be read is not taken for a damaged index, which stays', async () => {
  const index = createMemoryIndex();
  await index.upsert(key, records(1, 5));
  const { store } = createVectorStore({ one: range(1, 5) }, 16);
  const unreadable = new AppError('damaged', 'The database file is damaged.');
  const read = () => {
    throw unreadable;
  };
  const startAfresh = () => assert.fail('the index is set aside');
  for (const failing of [{ vectors: read }, { vectors: read, guildVectors: read }, { documentsWithoutVectors: read }]) {
    await assert.rejects(
      reconcile({ store: { ...store, ...failing }, index, space, startAfresh }),
      (error) => error === unreadable,
    );
    assert.equal(await index.count(key), 4);
  }
});

test('many passages of one text, and passages without any direction, are not taken for damage', async () => {
  const index = createMemoryIndex();
  const { store } = createVectorStore({ one: range(1, 60) }, 16);
  const vectorOf = (chunkId: number) => ({ chunkId, vector: chunkId > 50 ? new Float32Array(16) : unitVector(1) });
  const same: typeof store = { ...store, vectors: (_space, ids) => ids.filter((id) => id < 60).map(vectorOf) };
  assert.deepEqual(await reconcile({ store: same, index, space }), {
    added: 59,
    removed: 0,
    rebuilt: [],
    dropped: 0,
    beyond: 0,
    checked: 59,
  });
  assert.deepEqual((await reconcile({ store: same, index, space })).rebuilt, []);
});

test('what search does not reach here and there is no reason to rebuild, what it lacks in a row is', async () => {
  const { store } = createVectorStore({ one: range(1, 400) }, 16);
  for (const [unreached, rebuilt] of [
    [(id: number) => id === 399, []],
    [(id: number) => id % 3 === 1, []],
    [(id: number) => id > 390, ['one']],
    [(id: number) => id >= 200 && id < 260, ['one']],
  ] as const) {
    const index = createMemoryIndex();
    await reconcile({ store, index, space });
    const sparse: typeof index = {
      ...index,
      nearest: async (...args) => (await index.nearest(...args)).filter(({ id }) => !unreached(id)),
    };
    assert.deepEqual((await reconcile({ store, index: sparse, space })).rebuilt, rebuilt, String(unreached));
  }
});

test('a check that is called off says so', async () => {
  const { store } = createVectorStore({ one: range(1, 5) }, 16);
  const called = reconcile({ store, index: createMemoryIndex(), space, signal: AbortSignal.abort() });
  await assert.rejects(called, (error) => isAppError(error, 'aborted'));
});
