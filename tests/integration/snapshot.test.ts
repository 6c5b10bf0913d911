import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { openChromaIndex } from '../../src/adapters/chroma/index.ts';
import { createChromaSnapshot } from '../../src/adapters/chroma/snapshot.ts';
import { openStore, type Store } from '../../src/adapters/sqlite/open.ts';
import { createSqliteCopyCheck, createSqliteSnapshot } from '../../src/adapters/sqlite/snapshot.ts';
import { openTestChroma, temporaryFolder } from '../support/chroma.ts';
import { createWatchedEmbedder } from '../support/watched-embedder.ts';
import { assemble, ended, text } from '../support/knowledge-parts.ts';
import { backupThreads as threads } from '../support/threads.ts';
import { createWriteGate } from '../../src/knowledge/write-gate.ts';
import type { VectorIndex } from '../../src/knowledge/ports.ts';

const captures = 20;
/** Several batches each: a capture meets documents half-way in and half-way out. */
const passages = 21;
const space = createWatchedEmbedder().space;
const key = { guildId: 'g1', space };
const checkCopy = createSqliteCopyCheck({ threads });

async function indexedIds(index: VectorIndex): Promise<number[]> {
  const ids: number[] = [];
  for await (const page of index.ids(key)) ids.push(...page);
  return ids.sort((a, b) => a - b);
}

/** Ids of all chunks that have a vector, also of documents that are on their way out. */
function storedIds({ file }: Store): number[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare<[], number>('SELECT chunk_id FROM vectors ORDER BY chunk_id').pluck().all();
  } finally {
    db.close();
  }
}

async function stageIn(t: TestContext) {
  const folder = await temporaryFolder(t);
  const [directory, file] = [join(folder, 'chromadb'), join(folder, 'store.db')];
  const server = await openTestChroma(t, { directory });
  const store = openStore({ file, timeoutMs: 1_000 });
  t.after(() => store.close());
  const gate = createWriteGate();
  const index = openChromaIndex({ connection: server, collectionPrefix: 'knowledge' });
  const sqlite = createSqliteSnapshot({ file, threads });
  const chroma = createChromaSnapshot({ directory, threads });

  return { folder, directory, store, gate, index, sqlite, chroma };
}

test('writers add and remove throughout 20 captures: each has the same ids in SQLite and Chroma, and all that was told before', async (t) => {
  const { folder, store, gate, index, sqlite, chroma } = await stageIn(t);
  const { runner, library } = assemble(store, { index, gate });
  runner.start();
  t.after(() => runner.stop());
  const acknowledged = new Set<number>();
  const taught = new EventEmitter();
  const removed = new Set<number>();
  const enough = new AbortController();
  async function write(writer: number): Promise<void> {
    const mine: number[] = [];
    for (let round = 0; !enough.signal.aborted; round += 1) {
      const lines = Array.from({ length: passages }, (_, line) => `writer ${writer} round ${round} line ${line}`).join(
        '\n',
      );
      const { document, job } = library.add(text(lines));
      assert.equal((await ended(library, job)).state, 'done');
      acknowledged.add(document.id);
      taught.emit('one');
      mine.push(document.id);
      const old = mine.length > 3 ? mine.shift() : undefined;
      if (old === undefined) continue;
      removed.add(old);
      library.remove('g1', old);
    }
  }
  const writing = Promise.all([write(1), write(2)]);
  const stages: { stage: string; before: number[]; counted: number }[] = [];
  for (let turn = 0; turn < captures; turn += 1) {
    const stage = join(folder, `stage-${turn}`);
    for (const part of ['sqlite', 'chroma']) await mkdir(join(stage, part), { recursive: true });
    await once(taught, 'one'); // captures do not follow so closely that nothing is written between them
    const before = [...acknowledged].filter((id) => !removed.has(id));
    const release = await gate.hold();
    const [, copied] = await Promise.all([
      sqlite.capture(join(stage, 'sqlite')),
      chroma.capture(join(stage, 'chroma')),
    ]).finally(release);
    const counted = Object.values(copied.counts.collections ?? {}).reduce((sum, count) => sum + count, 0);
    stages.push({ stage, before: before.filter((id) => !removed.has(id)), counted });
  }
  enough.abort();
  await writing;
  await runner.stop();
  for (const { stage, before, counted } of stages) {
    const report = await checkCopy(join(stage, 'sqlite', 'nescordbot.db'));
    assert.deepEqual(report.problems, []);
    const copy = openStore({ file: join(stage, 'sqlite', 'nescordbot.db'), timeoutMs: 1_000 });
    const server = await openTestChroma(t, { directory: join(stage, 'chroma') });
    const { documents, chunks } = copy.knowledge.totals();
    assert.deepEqual(report.knowledge, { documents, passages: chunks }, 'removed documents are not counted');
    const ids = storedIds(copy);
    const restored = openChromaIndex({ connection: server, collectionPrefix: 'knowledge' });
    assert.deepEqual(await indexedIds(restored), ids);
    assert.equal(counted, ids.length, 'the count in the manifest is right');
    for (const id of before) {
      const document = copy.knowledge.document('g1', id);
      assert.equal(document?.state, 'ready', `document ${id} was told to be ready before the capture`);
      assert.equal(copy.knowledge.countVectors(id, space.id), passages);
    }
    copy.close();
    await server.close();
  }
  const last = stages.at(-1);
  assert.ok(last !== undefined && last.counted > 20, 'there was something to copy');
  t.diagnostic(`${captures} captures, ${acknowledged.size} documents added and ${removed.size} removed meanwhile`);
});

test("the copies hold no lock, no note of the child, no write-ahead log, and Chroma's are complete", async (t) => {
  const { folder, directory, index, sqlite, chroma, store } = await stageIn(t);
  const records = Array.from({ length: 1_200 }, (_, at) => ({
    id: at + 1,
    vector: Float32Array.from({ length: 8 }, (__, place) => Math.sin(at * 8 + place)),
  }));
  await index.upsert(key, records);
  await index.remove(key, [5, 6]);
  store.settings.saveSetting('bot', 'a', 1);
  await writeFile(join(directory, 'something-else'), 'not of Chroma');
  const stage = join(folder, 'stage');
  for (const part of ['sqlite', 'chroma']) await mkdir(join(stage, part), { recursive: true });
  const [first, second] = await Promise.all([
    sqlite.capture(join(stage, 'sqlite')),
    chroma.capture(join(stage, 'chroma')),
  ]);
  assert.deepEqual(await readdir(join(stage, 'sqlite')), ['nescordbot.db']);
  assert.equal(first.counts.tables?.['settings'], 1, 'what was only in the write-ahead log is in the copy');
  assert.equal(first.schemaVersion, store.schemaVersion);
  assert.equal(Object.values(second.counts.collections ?? {})[0], 1_198);
  const top = await readdir(join(stage, 'chroma'));
  assert.equal(top.length, 2, `the database and one segment: ${top.join(', ')}`);
  assert.ok(top.includes('chroma.sqlite3'));
  assert.ok((await chroma.estimateBytes()) >= second.files.reduce((sum, file) => sum + file.sizeBytes, 0));
});

test('a Chroma that keeps writing is copied again, and in the end given up with words', async (t) => {
  const { folder, directory, index, chroma } = await stageIn(t);
  await index.upsert(key, [{ id: 1, vector: new Float32Array(8).fill(0.35) }]);
  const stage = join(folder, 'stage');
  await mkdir(stage);
  await writeFile(join(directory, 'chroma.sqlite3-journal'), 'a transaction is under way');
  await assert.rejects(chroma.capture(stage), { code: 'unavailable', message: /kept writing/ });
  assert.deepEqual(await readdir(stage), []);
});

test('a damaged Chroma is told from one that is writing', async (t) => {
  const { folder, directory, index, chroma } = await stageIn(t);
  await index.upsert(key, [{ id: 1, vector: new Float32Array(8).fill(0.35) }]);
  await writeFile(join(directory, 'chroma.sqlite3'), 'These are notes and no database. '.repeat(2_000));
  const stage = join(folder, 'stage');
  await mkdir(stage);
  await assert.rejects(chroma.capture(stage), { code: 'damaged' });
  assert.deepEqual(await readdir(stage), []);
});

test('a copy that is no database, or a damaged one, is reported, not thrown', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'copy.db');
  await writeFile(file, 'not a database');
  assert.match((await checkCopy(file)).problems.join(), /no SQLite database/);
  await assert.rejects(checkCopy(join(folder, 'gone.db')), { code: 'not_found' });
  const { store, sqlite } = await stageIn(t);
  for (let at = 0; at < 500; at += 1) store.settings.saveSetting('bot', `key ${at}`, 'x'.repeat(200));
  const stage = join(folder, 'stage');
  await mkdir(stage);
  await sqlite.capture(stage);
  const copy = join(stage, 'nescordbot.db');
  const bytes = await readFile(copy);
  bytes.fill(0xab, bytes.length - 30_000, bytes.length - 20_000);
  await writeFile(copy, bytes);
  assert.ok((await checkCopy(copy)).problems.length > 0);
  assert.deepEqual(await readdir(stage), ['nescordbot.db']);
});
