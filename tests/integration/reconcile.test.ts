import assert from 'node:assert/strict';
import { open, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openChromaIndex } from '../../src/adapters/chroma/index.ts';
import type { ChromaServer } from '../../src/adapters/chroma/server.ts';
import type { VectorIndex } from '../../src/knowledge/ports.ts';
import { reconcile, type ReconcileProgress } from '../../src/knowledge/reconcile.ts';
import { createTestLog, openTestChroma, temporaryFolder } from '../support/chroma.ts';
import { createVectorStore, range } from '../support/vector-store.ts';
import { keyOf, records, unitVector } from '../support/vectors.ts';

const dimensions = 32;
const key = keyOf('one', dimensions);
const { space } = key;
const indexOf = (connection: ChromaServer) => openChromaIndex({ connection, collectionPrefix: 'test' });

async function idsOf(index: VectorIndex, of = key): Promise<number[]> {
  const found: number[] = [];
  for await (const page of index.ids(of)) found.push(...page);
  return found.sort((a, b) => a - b);
}

test('missing vectors are added, ghosts removed, what nothing needs is dropped, and a second look finds nothing to do', async (t) => {
  const index = indexOf(await openTestChroma(t));
  const { store, pending } = createVectorStore({ one: range(1, 1_500), two: [] }, dimensions);
  pending.add(9_000);
  await index.upsert(key, [
    ...records(1, 1_000, dimensions),
    ...records(7_000, 7_003, dimensions),
    ...records(9_000, 9_001, dimensions),
  ]);
  await index.upsert(keyOf('gone', dimensions), records(1, 3, dimensions));
  await index.upsert(keyOf('one', 8, 'old-space'), records(1, 3, 8));
  const report = await reconcile({ store, index, space });
  assert.deepEqual(report, { added: 500, removed: 3, rebuilt: [], dropped: 2, checked: 1_499, beyond: 0 });
  assert.deepEqual(await idsOf(index), [...range(1, 1_500), 9_000]);
  const left = (await index.collections()).map(({ guildId, spaceId }) => ({ guildId, spaceId }));
  assert.deepEqual(left, [{ guildId: 'one', spaceId: space.id }]);
  assert.deepEqual(await reconcile({ store, index, space }), {
    added: 0,
    removed: 0,
    rebuilt: [],
    dropped: 0,
    beyond: 0,
    checked: 1_499,
  });
});

test('what the index holds beyond all that SQLite ever gave a number to is counted: it has lost what it had committed', async (t) => {
  const index = indexOf(await openTestChroma(t));
  const { store } = createVectorStore({ one: range(1, 10) }, dimensions);
  await index.upsert(key, [...records(1, 12, dimensions), ...records(20, 23, dimensions)]);
  await index.upsert(keyOf('lost', dimensions), records(30, 32, dimensions));
  const known = { ...store, lastChunkId: () => 15 };
  const { removed, dropped, beyond } = await reconcile({ store: known, index, space });
  assert.deepEqual({ removed, dropped, beyond }, { removed: 5, dropped: 1, beyond: 5 });
});

test('vectors of another model are kept while some documents have none of the new one', async (t) => {
  const index = indexOf(await openTestChroma(t));
  const { store } = createVectorStore({ one: [1] }, dimensions);
  await index.upsert(keyOf('one', 8, 'old-space'), records(1, 3, 8));
  const unfinished = { ...store, documentsWithoutVectors: () => [{} as never] };
  assert.equal((await reconcile({ store: unfinished, index, space })).dropped, 0);
  assert.equal((await reconcile({ store, index, space })).dropped, 1);
});

for (const [damage, spoil] of [
  ['cut short', (file: string) => truncate(file, 20_000)],
  ['emptied', (file: string) => truncate(file, 0)],
  ['overwritten with garbage', (file: string) => overwrite(file)],
] as const)
  test(`an index whose vector file was ${damage} is rebuilt from SQLite and answers again`, async (t) => {
    const directory = await temporaryFolder(t);
    const { store } = createVectorStore({ one: range(1, 2_501) }, dimensions);
    const first = await openTestChroma(t, { directory });
    await reconcile({ store, index: indexOf(first), space });
    await first.close();
    await spoil(await vectorFile(directory));

    const server = await openTestChroma(t, { directory, backOffMs: () => 10 });
    const index = indexOf(server);
    const steps: ReconcileProgress[] = [];
    const report = await reconcile({
      store,
      index,
      space,
      ready: () => server.ready(20_000),
      onProgress: (step) => steps.push(step),
    });
    assert.deepEqual(report.rebuilt, ['one']);
    assert.ok(steps.some(({ step, done, total }) => step === 'rebuilding' && done === 1_000 && total === 2_500));
    for (const id of [1, 1_250, 2_500])
      assert.equal((await index.nearest(key, unitVector(id, dimensions), 1))[0]?.id, id);
    assert.deepEqual(await idsOf(index), range(1, 2_501));
    assert.deepEqual((await reconcile({ store, index, space })).rebuilt, []);
  });

test('a directory on which Chroma cannot start is set aside and the index is rebuilt from SQLite', async (t) => {
  const directory = join(await temporaryFolder(t), 'chroma');
  const { store } = createVectorStore({ one: range(1, 50) }, dimensions);
  const first = await openTestChroma(t, { directory });
  await reconcile({ store, index: indexOf(first), space });
  await first.close();
  await writeFile(join(directory, 'chroma.sqlite3'), 'this is no database, whatever its name says'.repeat(500));

  const log = createTestLog();
  const index = indexOf(await openTestChroma(t, { directory, log }));
  assert.ok(log.lines.some((line) => line.startsWith('warn') && line.includes('.damaged-')));
  assert.equal((await reconcile({ store, index, space })).added, 49);
  const siblings = await readdir(join(directory, '..'));
  const aside = siblings.find((name) => name.startsWith('chroma.damaged-')) ?? '';
  assert.ok((await readdir(join(directory, '..', aside))).includes('chroma.sqlite3'));
});

test('a database that Chroma starts on but can neither read nor write is set aside and the index is rebuilt', async (t) => {
  const directory = join(await temporaryFolder(t), 'chroma');
  const { store } = createVectorStore({ one: range(1, 2_501) }, dimensions);
  const first = await openTestChroma(t, { directory });
  await reconcile({ store, index: indexOf(first), space });
  await first.close();
  await overwrite(join(directory, 'chroma.sqlite3'), 0.3);

  const log = createTestLog();
  const server = await openTestChroma(t, { directory, log, backOffMs: () => 10 });
  const index = indexOf(server);
  const mend = { ready: () => server.ready(20_000), startAfresh: () => server.startAfresh() };
  assert.equal((await reconcile({ store, index, space, ...mend })).added, 2_500);
  assert.ok(log.lines.some((line) => line.startsWith('warn') && line.includes('.damaged-')));
  assert.equal((await index.nearest(key, unitVector(1_250, dimensions), 1))[0]?.id, 1_250);
});

async function vectorFile(directory: string): Promise<string> {
  const files = await readdir(directory, { recursive: true });
  const found = files.find((file) => file.endsWith('data_level0.bin'));
  assert.ok(found !== undefined, 'the collection is large enough to have a vector file');
  return join(directory, found);
}

async function overwrite(path: string, from = 0): Promise<void> {
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const start = Math.floor((size * from) / 4_096) * 4_096;
  await file.write(Buffer.alloc(size - start, 0xfe), 0, size - start, start);
}
