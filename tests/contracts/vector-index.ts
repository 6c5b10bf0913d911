import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isAppError } from '../../src/errors.ts';
import type { CollectionKey, VectorIndex } from '../../src/knowledge/ports.ts';
import { keyOf, records, unitVector } from '../support/vectors.ts';

/** What every vector index does, whatever it is made of. `open` gives one that is empty or holds other guilds only. */
export function describeVectorIndex(name: string, open: (t: TestContext) => Promise<VectorIndex>): void {
  let guilds = 0;
  const newKey = () => keyOf(`guild-${(guilds += 1)}`);

  async function allIds(index: VectorIndex, key: CollectionKey): Promise<number[]> {
    const found: number[] = [];
    for await (const page of index.ids(key)) found.push(...page);
    return found.sort((a, b) => a - b);
  }

  test(`${name}: a stored vector is its own nearest neighbour, best first, with the cosine as similarity`, async (t) => {
    const [index, key] = [await open(t), newKey()];
    await index.upsert(key, records(1, 40));
    const found = await index.nearest(key, unitVector(7), 5);
    assert.equal(found.length, 5);
    assert.equal(found[0]?.id, 7);
    assert.ok(Math.abs((found[0]?.similarity ?? 0) - 1) < 1e-4);
    const second = found[1];
    assert.ok(second !== undefined);
    const dot = unitVector(7).reduce((sum, value, at) => sum + value * (unitVector(second.id)[at] ?? 0), 0);
    assert.ok(Math.abs(second.similarity - dot) < 1e-4);
    assert.deepEqual(
      found,
      found.toSorted((a, b) => b.similarity - a.similarity),
    );
  });

  test(`${name}: reads of a collection that does not exist find nothing and do not create it`, async (t) => {
    const [index, key] = [await open(t), newKey()];
    assert.deepEqual(await index.nearest(key, unitVector(1), 3), []);
    assert.equal(await index.count(key), 0);
    assert.deepEqual(await allIds(index, key), []);
    await index.remove(key, [1, 2]);
    await index.drop(key);
    assert.ok(!(await index.collections()).some(({ guildId }) => guildId === key.guildId));
  });

  test(`${name}: a collection that is dropped and made again is another one`, async (t) => {
    const [index, key] = [await open(t), newKey()];
    const idOf = async () => (await index.collections()).find(({ guildId }) => guildId === key.guildId)?.id;
    await index.upsert(key, records(1, 2));
    const first = await idOf();
    await index.upsert(key, records(2, 3));
    assert.equal(await idOf(), first);
    await index.drop(key);
    await index.upsert(key, records(1, 2));
    assert.ok(first !== undefined && (await idOf()) !== first);
  });

  test(`${name}: one guild never sees another's vectors, nor one space another's`, async (t) => {
    const [index, one, two] = [await open(t), newKey(), newKey()];
    const otherSpace = keyOf(one.guildId, 8);
    await index.upsert(one, records(1, 10));
    await index.upsert(two, records(10, 20));
    await index.upsert(otherSpace, records(20, 23, 8));
    assert.deepEqual(
      (await index.nearest(one, unitVector(15), 50)).map(({ id }) => id).sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.equal(await index.count(two), 10);
    const names = (await index.collections()).filter(
      ({ guildId }) => guildId === one.guildId || guildId === two.guildId,
    );
    assert.deepEqual(
      names.map(({ guildId, spaceId }) => `${guildId} ${spaceId}`).sort(),
      [`${one.guildId} test/16`, `${one.guildId} test/8`, `${two.guildId} test/16`].sort(),
    );
    await index.drop(one);
    assert.deepEqual(await allIds(index, one), []);
    assert.deepEqual(await allIds(index, otherSpace), [20, 21, 22]);
  });

  test(`${name}: 6,000 records go in at once, come back as ids, and go again`, async (t) => {
    const [index, key] = [await open(t), newKey()];
    await index.upsert(key, records(1, 6_001));
    assert.equal(await index.count(key), 6_000);
    assert.deepEqual(
      await allIds(index, key),
      Array.from({ length: 6_000 }, (_, at) => at + 1),
    );
    assert.equal((await index.nearest(key, unitVector(5_999), 1))[0]?.id, 5_999);
    await index.remove(key, [...Array.from({ length: 5_990 }, (_, at) => at + 1), 77_777]);
    assert.deepEqual(await allIds(index, key), [5991, 5992, 5993, 5994, 5995, 5996, 5997, 5998, 5999, 6000]);
  });

  test(`${name}: a record stored twice is there once, with the later vector`, async (t) => {
    const [index, key] = [await open(t), newKey()];
    await index.upsert(key, records(1, 4));
    await index.upsert(key, [{ id: 2, vector: unitVector(900) }]);
    assert.equal(await index.count(key), 3);
    const [first] = await index.nearest(key, unitVector(900), 1);
    assert.equal(first?.id, 2);
    assert.ok((first?.similarity ?? 0) > 0.999);
  });

  test(`${name}: a collection that was dropped is made anew by the next write`, async (t) => {
    const [index, key] = [await open(t), newKey()];
    await index.upsert(key, records(1, 4));
    await index.drop(key);
    await index.upsert(key, records(8, 10));
    assert.deepEqual(await allIds(index, key), [8, 9]);
  });

  test(`${name}: a successor is nobody's collection until it takes the place, and searches go on throughout`, async (t) => {
    const [index, key] = [await open(t), newKey()];
    const next: CollectionKey = { ...key, isSuccessor: true };
    const collections = async () => (await index.collections()).filter(({ guildId }) => guildId === key.guildId);
    await index.upsert(key, records(1, 40));
    const [before] = await collections();
    await index.upsert(next, records(5, 60));
    assert.deepEqual(await collections(), [before]);
    assert.deepEqual(
      await allIds(index, key),
      Array.from({ length: 39 }, (_, at) => at + 1),
    );
    let isOver = false;
    const asking = (async () => {
      for (let asked = 0; ; asked += 1) {
        assert.equal((await index.nearest(key, unitVector(7), 1))[0]?.id, 7);
        if (isOver) return asked;
      }
    })();
    await index.succeed(key);
    isOver = true;
    await asking;
    const [after] = await collections();
    assert.ok(after !== undefined && after.id !== before?.id);
    assert.equal((await collections()).length, 1);
    assert.deepEqual(
      await allIds(index, key),
      Array.from({ length: 55 }, (_, at) => at + 5),
    );
    assert.equal(await index.count(next), 0);
    await index.upsert(key, records(60, 62));
    assert.equal(await index.count(key), 57);
  });

  test(`${name}: a successor that was not finished goes, and the collection stays`, async (t) => {
    const [index, key] = [await open(t), newKey()];
    const next: CollectionKey = { ...key, isSuccessor: true };
    await index.upsert(key, records(1, 4));
    await index.upsert(next, records(1, 3));
    await index.settle();
    assert.deepEqual(await allIds(index, key), [1, 2, 3]);
    assert.equal(await index.count(next), 0);
    await index.settle();
    assert.deepEqual(await allIds(index, key), [1, 2, 3]);
  });

  test(`${name}: vectors of other dimensions are refused and nothing is stored`, async (t) => {
    const [index, key] = [await open(t), newKey()];
    const wrong = [...records(1, 3), { id: 3, vector: unitVector(3, 15) }];
    await assert.rejects(index.upsert(key, wrong), (error) => isAppError(error, 'invalid'));
    assert.equal(await index.count(key), 0);
    await assert.rejects(index.nearest(key, unitVector(1, 15), 3), (error) => isAppError(error, 'invalid'));
  });

  test(`${name}: a cancelled request is reported as aborted`, async (t) => {
    const [index, key] = [await open(t), newKey()];
    await index.upsert(key, records(1, 4));
    const cancelled = AbortSignal.abort();
    await assert.rejects(index.nearest(key, unitVector(1), 3, cancelled), (error) => isAppError(error, 'aborted'));
    await assert.rejects(index.upsert(key, records(4, 6), cancelled), (error) => isAppError(error, 'aborted'));
    assert.equal(await index.count(key), 3);
  });
}
