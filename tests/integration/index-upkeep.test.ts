import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openChromaIndex } from '../../src/adapters/chroma/index.ts';
import { readSegments } from '../../src/adapters/chroma/segments.ts';
import { isSegment } from '../../src/adapters/chroma/snapshot-files.ts';
import { createIndexUpkeep, troubleIn, type IndexUpkeepParts } from '../../src/app/index-upkeep.ts';
import type { JobSlot } from '../../src/backup/slot.ts';
import type { VectorIndex } from '../../src/knowledge/ports.ts';
import { createWriteGate } from '../../src/knowledge/write-gate.ts';
import { createTestLog, openTestChroma, temporaryFolder } from '../support/chroma.ts';
import { foldersIn } from '../support/kill-trial.ts';
import { createMemoryIndex } from '../support/memory-index.ts';
import { openBase, teach } from '../support/knowledge-base.ts';
import { ended } from '../support/knowledge-parts.ts';
import { tempFolder } from '../support/temp-store.ts';
import { createVectorStore, range } from '../support/vector-store.ts';
import { keyOf, records, unitVector } from '../support/vectors.ts';

const dimensions = 768;
const key = keyOf('one', dimensions);
const { space } = key;
const living = range(1, 1_101);
const atOnce: JobSlot['whenFree'] = (work) => work(new AbortController().signal);

/** A collection that as many vectors left as stayed, several times over, on a real server. */
async function openGrown(t: TestContext, changes: Partial<IndexUpkeepParts> = {}) {
  const directory = await temporaryFolder(t);
  const server = await openTestChroma(t, { directory });
  const index = openChromaIndex({ connection: server, collectionPrefix: 'test' });
  const { store, pending } = createVectorStore({ one: living }, dimensions);
  const [log, gate] = [createTestLog(), createWriteGate()];
  await index.upsert(key, records(1, 1_101, dimensions));
  for (let from = 2_000; from < 4_000; from += 1_000) {
    await index.upsert(key, records(from, from + 1_000, dimensions));
    await index.remove(key, range(from, from + 1_000));
  }
  const segments = () => readSegments(directory, 'test');
  const upkeep = createIndexUpkeep({
    store: { ...store, staleCollections: () => [], clearStaleCollection: () => undefined },
    index,
    space,
    gate,
    local: { segments, freeBytes: async () => 1e12, restart: () => server.restart() },
    onSucceeded: () => undefined,
    closing: new AbortController().signal,
    clock: () => 1_000, // so that no work takes long enough for a rest
    log,
    ...changes,
  });
  const bytes = async () => (await segments())?.find(({ guildId }) => guildId === 'one')?.bytes ?? 0;
  const folders = () => readdirSync(directory).filter(isSegment);
  return { directory, server, index, upkeep, bytes, folders, pending, log, gate };
}

async function idsOf(index: VectorIndex): Promise<number[]> {
  const ids: number[] = [];
  for await (const page of index.ids(key)) ids.push(...page);
  return ids.sort((a, b) => a - b);
}

test('a collection that has outgrown its vectors is made anew, and whoever asks meanwhile is answered', async (t) => {
  const { server, index, upkeep, bytes, folders, pending, log } = await openGrown(t);
  pending.add(9_000); // of a document that is being indexed
  await index.upsert(key, records(9_000, 9_001, dimensions));
  const [grown, pid] = [await bytes(), server.pid()];
  assert.ok(grown > 2.5 * 1_101 * 4 * dimensions, `${grown} bytes`);
  const over = new AbortController();
  const asking = (async () => {
    let asked = 0;
    for (; !over.signal.aborted; asked += 1) {
      const [found] = await index.nearest(key, unitVector(77, dimensions), 1);
      assert.equal(found?.id, 77);
    }
    return asked;
  })();
  await upkeep.look(atOnce);
  assert.ok(upkeep.isAtWork());
  await upkeep.settled();
  over.abort();
  assert.ok((await asking) > 0);
  assert.deepEqual(await idsOf(index), [...living, 9_000]);
  assert.equal((await index.nearest(key, unitVector(9_000, dimensions), 1))[0]?.id, 9_000);
  assert.ok((await bytes()) < grown / 2, `${await bytes()} of ${grown} bytes`);
  assert.equal(folders().length, 1, 'what was there before is gone from the disk');
  assert.notEqual(server.pid(), pid, 'and from memory');
  assert.equal(server.restarts(), 0, 'which nobody takes for a crash');
  assert.match(log.lines.join('\n'), /server one was made anew: it takes \S+ MB where \S+ MB would do/);
  await upkeep.look(atOnce);
  assert.equal(upkeep.isAtWork(), false, 'and all is well');
});

test('what is written while a collection is made anew is in the new one', async (t) => {
  const { index, upkeep, gate, pending } = await openGrown(t);
  await upkeep.look(atOnce);
  for (let id = 9_000; upkeep.isAtWork(); id += 1) {
    const leave = await gate.enter();
    pending.add(id);
    await index.upsert(key, records(id, id + 1, dimensions));
    leave();
  }
  await upkeep.settled();
  assert.ok(pending.size > 0);
  assert.deepEqual(await idsOf(index), [...living, ...pending]);
});

/** The same work on an index in memory, whose files take what a test says. */
async function openSupposed(local: Partial<IndexUpkeepParts['local']> = {}) {
  const index = createMemoryIndex();
  const { store } = createVectorStore({ one: range(1, 40) }, dimensions);
  await index.upsert(key, records(1, 40, dimensions));
  const [log, begun] = [createTestLog(), { times: 0 }];
  const upkeep = createIndexUpkeep({
    store: { ...store, staleCollections: () => [], clearStaleCollection: () => undefined },
    index: {
      ...index,
      async succeed(of) {
        begun.times += 1;
        return index.succeed(of);
      },
    },
    space,
    gate: createWriteGate(),
    local: {
      segments: async () => [{ guildId: 'one', spaceId: space.id, bytes: 10_000_000, linkBytes: 0, queued: 0 }],
      freeBytes: async () => 20_000_000,
      restart: async () => true,
      ...local,
    },
    onSucceeded: () => undefined,
    closing: new AbortController().signal,
    clock: () => 1_000, // so that no work takes long enough for a rest
    log,
  });
  return { index, upkeep, log, begun };
}

test('with less than twice its size free it stays as it is, and the log says what would have to be free', async () => {
  const { upkeep, log, begun } = await openSupposed({ freeBytes: async () => 19_999_999 });
  await upkeep.look(atOnce);
  await upkeep.settled();
  assert.equal(begun.times, 0);
  assert.match(log.lines.join('\n'), /20 MB have to be free/);
  await upkeep.look(atOnce);
  assert.equal(upkeep.isAtWork(), false, 'and this is not said every minute');
  const enough = await openSupposed();
  await enough.upkeep.look(atOnce);
  await enough.upkeep.settled();
  assert.equal(enough.begun.times, 1);
});

test('work that has to give way leaves the collection as it was, and is done later', async () => {
  const { index, upkeep, begun } = await openSupposed();
  await upkeep.look((work) => {
    const stop = new AbortController();
    const working = work(stop.signal);
    stop.abort();
    return working;
  });
  await upkeep.settled();
  assert.equal(begun.times, 0);
  assert.equal(await index.count({ ...key, isSuccessor: true }), 0);
  assert.equal(await index.count(key), 39);
  await upkeep.look(async () => null); // a backup is under way
  await upkeep.settled();
  assert.equal(begun.times, 0);
  await upkeep.look(atOnce);
  await upkeep.settled();
  assert.equal(begun.times, 1);
  assert.equal(await index.count(key), 39);
});

test('one that is made anew is not made anew again when only the restart of the server is left to be done', async () => {
  let [isFree, restarts] = [false, 0];
  const { upkeep, begun } = await openSupposed({
    async restart() {
      restarts += 1;
      return isFree;
    },
  });
  await upkeep.look(atOnce);
  await upkeep.settled();
  isFree = true;
  await upkeep.look(atOnce);
  await upkeep.settled();
  assert.deepEqual([begun.times, restarts], [1, 2]);
});

test('a collection that does not find its own vectors is made anew though its size is right', async (t) => {
  const { upkeep, index, log, server } = await openGrown(t, { local: null });
  await index.drop(key);
  // As a graph that was damaged: other vectors under the same ids.
  await index.upsert(
    key,
    living.map((id) => ({ id, vector: unitVector(id + 50_000, dimensions) })),
  );
  await upkeep.look(atOnce);
  await upkeep.settled();
  assert.match(log.lines.join('\n'), /made anew: it does not find its own vectors/);
  assert.equal((await index.nearest(key, unitVector(5, dimensions), 1))[0]?.id, 5);
  assert.equal(server.restarts(), 0);
});

test('what is due is judged by size, links and queue, and a small collection is left alone', () => {
  const of = (bytes: number, linkBytes = 0, queued = 0) =>
    troubleIn({ guildId: 'one', spaceId: space.id, bytes, linkBytes, queued }, 2_000, space);
  const due = 2_000 * 4 * dimensions;
  assert.equal(of(due), null);
  assert.equal(of(1.4 * due), null);
  assert.match(of(3 * due) ?? '', /would do/);
  assert.match(of(due + 3_000_000, due / 2 + 3_000_000) ?? '', /would do|links/);
  assert.match(of(1.5 * due, due) ?? '', /links/);
  assert.match(of(due, 0, 5_001) ?? '', /queue/);
  const tiny = { guildId: 'one', spaceId: space.id, bytes: 1_900_000, linkBytes: 0, queued: 0 };
  assert.equal(troubleIn(tiny, 10, space), null);
});

test('of a document that was removed no vector is left in the index once it cannot be brought back', async (t) => {
  const folders = foldersIn(tempFolder(t));
  const time = { now: Date.now() };
  await using base = await openBase(folders, { clock: () => time.now });
  const guildId = '100000000000000001';
  await teach(base, guildId, 'Lamps', '## Lamps\n\nThe lamps of the harbour burn oil.');
  await teach(base, guildId, 'Bells', '## Bells\n\nThe bells of the chapel are rung at noon.');
  const { store, engine, library } = base;
  const [lamps] = store.knowledge.documents(guildId, { offset: 1, limit: 1 }).items;
  assert.ok(lamps);
  const vectors = store.knowledge.documentVectors(lamps.id, engine.embedder.space.id, { after: 0, limit: 10 });
  const [{ vector }] = vectors as [(typeof vectors)[number]];
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  const holds = () => filesBelow(folders.chroma).some((file) => readFileSync(file).includes(bytes));
  assert.ok(holds());

  library.remove(guildId, lamps.id);
  const job = store.jobs.addJob('purge', guildId, lamps.id, time.now); // the one that is there
  time.now += 16 * 60_000;
  base.runner.wake();
  await ended(library, job);
  assert.deepEqual(
    store.knowledge.staleCollections().map(({ guildId: of }) => of),
    [guildId],
  );
  await base.indexUpkeep.look(atOnce);
  await base.indexUpkeep.settled();
  assert.equal(holds(), false);
  assert.deepEqual(store.knowledge.staleCollections(), []);
  assert.ok((await library.search(guildId, 'the bells of the chapel', 3)).vectors);

  library.remove(guildId, store.knowledge.documents(guildId, { offset: 0, limit: 1 }).items[0]?.id ?? 0);
  await base.indexUpkeep.look(atOnce);
  assert.equal(base.indexUpkeep.isAtWork(), false, 'nothing is due while it can be brought back');
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
