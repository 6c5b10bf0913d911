import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { describeCopy } from '../../src/adapters/sqlite/snapshot-describe.ts';
import { AppError, isAppError } from '../../src/errors.ts';
import { queueReindex } from '../../src/knowledge/reindex.ts';
import { createLineChunker } from '../support/line-chunker.ts';
import { createWatchedEmbedder } from '../support/watched-embedder.ts';
import { assemble, createListedIndex, ended, text, until } from '../support/knowledge-parts.ts';
import { tempStore } from '../support/temp-store.ts';

const space = 'offline-hash-v1/8';

test('a text that is added becomes searchable, with its vectors in SQLite and in the index', async (t) => {
  const { store } = tempStore(t);
  const [embedder, index] = [createWatchedEmbedder(), createListedIndex()];
  const { runner, library } = assemble(store, { embedder, index });
  runner.start();
  t.after(() => runner.stop());
  const { document, job } = library.add(text('the kraken\nthe ship\nthe storm\nthe crew\nthe end'));
  assert.equal((await ended(library, job)).state, 'done');
  const shown = library.show('g1', document.id);
  assert.deepEqual([shown.document.state, shown.document.chunkCount, shown.firstChunks.length], ['ready', 5, 3]);
  assert.equal(shown.job, null);
  const ids = store.knowledge.guildVectorIds('g1', space, { after: 0, limit: 9 });
  assert.equal(ids.length, 5);
  assert.deepEqual(await index.idsOf('g1', space), ids);
  assert.deepEqual(embedder.texts[0], { title: 'A text › Line 0', text: 'the kraken' });
  assert.equal((await store.knowledge.searchWords('g1', ['kraken'], 9)).length, 1);
  assert.deepEqual(library.status('g1'), {
    documents: 1,
    ready: 1,
    failed: 0,
    chunks: 5,
    openJobs: [],
    space,
    engine: 'fake',
  });
});

test('progress is told as it is committed, to the end', async (t) => {
  const { store } = tempStore(t);
  let now = 0;
  const { runner, library } = assemble(store, { clock: () => (now += 1000) });
  const { job } = library.add(text('1\n2\n3\n4\n5'));
  const told: string[] = [];
  library.watchJob(job?.id ?? 0, (at) => told.push(`${at.state} ${at.step} ${at.done}/${at.total}`));
  runner.start();
  t.after(() => runner.stop());
  await ended(library, job);
  assert.deepEqual(told, [
    'running waiting 0/0',
    'running chunking 0/0',
    'running embedding 0/5',
    'running embedding 2/5',
    'running embedding 4/5',
    'running embedding 5/5',
    'running indexing 0/5',
    'done done 0/5',
  ]);
});

test('whoever asks after a job that has ended is told at once', async (t) => {
  const { store } = tempStore(t);
  const { runner, library } = assemble(store);
  runner.start();
  t.after(() => runner.stop());
  const { job } = library.add(text('one'));
  await ended(library, job);
  assert.equal((await ended(library, job)).state, 'done');
});

test('text that was embedded before, in any guild, is not embedded again', async (t) => {
  const { store } = tempStore(t);
  const [embedder, index] = [createWatchedEmbedder(), createListedIndex()];
  const { runner, library } = assemble(store, { embedder, index });
  runner.start();
  t.after(() => runner.stop());
  await ended(library, library.add(text('one\ntwo')).job);
  await ended(library, library.add(text('one\ntwo', { guildId: 'g2' })).job);
  await ended(library, library.add(text('one\ntwo\nthree\nfour')).job);
  assert.deepEqual(embedder.texts.map((embedded) => embedded.text), ['one', 'two', 'three', 'four']); // prettier-ignore
  assert.equal((await index.idsOf('g2', space)).length, 2);
});

test('the same content twice is one document', async (t) => {
  const { store } = tempStore(t);
  const { runner, library } = assemble(store);
  runner.start();
  t.after(() => runner.stop());
  const first = library.add(text('one'));
  await ended(library, first.job);
  const second = library.add(text('one', { title: 'Other' }));
  assert.deepEqual([second.duplicate, second.job, second.document.id], [true, null, first.document.id]);
});

test('a text without text fails with words in both languages, and works when it is put right', async (t) => {
  const { store } = tempStore(t);
  const chunker = { ...createLineChunker() };
  const { runner, library } = assemble(store, { chunker });
  runner.start();
  t.after(() => runner.stop());
  const blank = { content: Buffer.from('\u3000\n\u00a0') };
  const first = library.add(text('', blank));
  const failed = await ended(library, first.job);
  assert.equal(failed.state, 'failed');
  const { document, job } = library.show('g1', first.document.id);
  assert.equal(document.state, 'failed');
  assert.match(document.failure ?? '', /no text/);
  assert.match(JSON.stringify(job?.failureWords), /本文/);
  assert.equal(library.status('g1').failed, 1);
  const second = library.add(text('', { ...blank, title: 'Again' }));
  assert.deepEqual([second.duplicate, second.document.id], [false, first.document.id]);
});

test('removing takes a document out of the index too, and a long indexing does not hold it up', async (t) => {
  const { store } = tempStore(t);
  const [embedder, index] = [createWatchedEmbedder(), createListedIndex()];
  const { runner, library } = assemble(store, { embedder, index });
  runner.start();
  t.after(() => runner.stop());
  const old = library.add(text('old'));
  await ended(library, old.job);
  const gate = Promise.withResolvers<void>();
  embedder.before = () => gate.promise;
  const long = library.add(text('long'));
  await until(library, long.job, (job) => job.step === 'embedding');
  library.remove('g1', old.document.id);
  const purge = library.openJobs().find((job) => job.kind === 'purge');
  await ended(library, purge ?? null);
  assert.deepEqual(await index.idsOf('g1', space), []);
  assert.throws(() => library.show('g1', old.document.id), (error) => isAppError(error, 'not_found')); // prettier-ignore
  assert.throws(() => library.remove('g1', old.document.id), (error) => isAppError(error, 'not_found')); // prettier-ignore
  gate.resolve();
  assert.equal((await ended(library, long.job)).state, 'done');
});

for (const moment of ['embedded', 'written to the index'] as const) {
  test(`a document that is removed while it is ${moment} leaves nothing behind`, async (t) => {
    const { store } = tempStore(t);
    const [embedder, index] = [createWatchedEmbedder(), createListedIndex()];
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const hold = () => (reached.resolve(), gate.promise);
    const upsert = index.upsert.bind(index);
    if (moment === 'embedded') embedder.before = (call) => (call === 2 ? hold() : undefined);
    else index.upsert = async (...given) => (await hold(), upsert(...given));
    const { runner, library } = assemble(store, { embedder, index });
    runner.start();
    t.after(() => runner.stop());
    const { document, job } = library.add(text('1\n2\n3\n4\n5'));
    await reached.promise;
    library.remove('g1', document.id);
    const purge = library.openJobs().find((open) => open.kind === 'purge');
    await ended(library, purge ?? null);
    gate.resolve();
    assert.equal((await ended(library, job)).state, 'done');
    assert.deepEqual(await index.idsOf('g1', space), []);
    assert.deepEqual(store.knowledge.totals(), { guilds: 0, documents: 0, chunks: 0, vectors: 0 });
  });
}

test('for 15 minutes a removed document comes back whole, after a restart too, and nothing is embedded again', async (t) => {
  const { store } = tempStore(t);
  const [embedder, index] = [createWatchedEmbedder(), createListedIndex()];
  let now = Date.UTC(2026, 10, 21);
  const MINUTE_MS = 60_000;
  const parts = { embedder, index, clock: () => now, keptMs: 15 * MINUTE_MS };
  const before = assemble(store, parts);
  before.runner.start();
  t.after(() => before.runner.stop());
  const added = before.library.add(text('1\n2\n3\n4\n5'));
  await ended(before.library, added.job);
  const { id } = added.document;
  const ids = await index.idsOf('g1', space);
  const embedded = embedder.texts.length;
  before.library.remove('g1', id);
  const purge = before.library.openJobs().find((job) => job.kind === 'purge') ?? null;
  await until(before.library, purge, ({ notBefore }) => notBefore > now);
  assert.deepEqual(await index.idsOf('g1', space), [], 'the index forgets it at once');
  assert.deepEqual(before.library.openJobs(), [], 'nothing is under way for a quarter of an hour');
  await before.runner.stop();

  const { runner, library } = assemble(store, parts);
  runner.start();
  t.after(() => runner.stop());
  now += 14 * MINUTE_MS;
  assert.throws(() => library.bringBack('g2', id), (error) => isAppError(error, 'not_found')); // prettier-ignore
  const back = library.bringBack('g1', id);
  assert.equal((await ended(library, back.job)).state, 'done');
  assert.deepEqual(await index.idsOf('g1', space), ids);
  assert.deepEqual([library.show('g1', id).document.state, embedder.texts.length], ['ready', embedded]);
  assert.throws(() => library.bringBack('g1', id), (error) => isAppError(error, 'not_found')); // prettier-ignore

  library.remove('g1', id);
  const again = library.add(text('1\n2\n3\n4\n5'));
  await ended(library, again.job);
  const other = library.bringBack('g1', id);
  assert.deepEqual([other.duplicate, other.document.id], [true, again.document.id]);

  now += 15 * MINUTE_MS;
  assert.throws(() => library.bringBack('g1', id), (error) => isAppError(error, 'not_found')); // prettier-ignore
  const purged = ended(library, store.jobs.addJob('purge', 'g1', id, now));
  runner.wake();
  await purged;
  assert.throws(() => store.knowledge.content(id), (error) => isAppError(error, 'not_found')); // prettier-ignore
});

test('a document that is brought back while the index forgets it is in the index in the end', async (t) => {
  const { store } = tempStore(t);
  const index = createListedIndex();
  const { runner, library } = assemble(store, { index, keptMs: 60_000 });
  runner.start();
  t.after(() => runner.stop());
  const { document, job } = library.add(text('1\n2\n3'));
  await ended(library, job);
  const ids = await index.idsOf('g1', space);
  const remove = index.remove.bind(index);
  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  index.remove = async (...given) => (reached.resolve(), await gate.promise, remove(...given));
  library.remove('g1', document.id);
  const purge = library.openJobs().find((open) => open.kind === 'purge') ?? null;
  await reached.promise;
  const back = library.bringBack('g1', document.id);
  const [removed, indexed] = [ended(library, purge), ended(library, back.job)];
  assert.equal(store.jobs.takeJob(Date.now(), ['ingest']), null, 'its turn comes when it is forgotten');
  gate.resolve();
  await removed;
  runner.wake();
  await indexed;
  assert.deepEqual(await index.idsOf('g1', space), ids);
});

test('out of quota, a document stays queued with the reason until its time comes', async (t) => {
  const { store } = tempStore(t);
  const embedder = createWatchedEmbedder();
  const words = { en: 'Gemini is out of quota until 17:00.', ja: 'Gemini の利用枠は17時まで使えません。' };
  embedder.before = () => {
    throw new AppError('limit', words, { retryAfterMs: 3_600_000 });
  };
  let now = 1000;
  const { runner, library } = assemble(store, { embedder, clock: () => now });
  runner.start();
  t.after(() => runner.stop());
  const { document, job } = library.add(text('one'));
  await until(library, job, ({ state, failure }) => state === 'queued' && failure !== null);
  const shown = library.show('g1', document.id);
  assert.equal(shown.document.state, 'queued');
  assert.deepEqual(shown.job?.failureWords, words);
  assert.deepEqual([shown.job?.notBefore, shown.job?.attempts], [3_601_000, 0]);
  embedder.before = () => {};
  now = 3_601_000;
  runner.wake();
  assert.equal((await ended(library, job)).failure, null);
});

test('with another embedding model, ready documents get new vectors and stay in answers meanwhile', async (t) => {
  const { store } = tempStore(t);
  const index = createListedIndex();
  const before = assemble(store, { index });
  before.runner.start();
  const { document, job } = before.library.add(text('kraken\nship\nstorm'));
  await ended(before.library, job);
  await before.runner.stop();

  const embedder = createWatchedEmbedder(16);
  const gate = Promise.withResolvers<void>();
  embedder.before = () => gate.promise;
  const after = assemble(store, { index, embedder });
  const parts = { store: store.knowledge, jobs: store.jobs, clock: Date.now };
  assert.equal(await queueReindex(parts, 'offline-hash-v1/16'), 1);
  assert.equal(await queueReindex(parts, 'offline-hash-v1/16'), 1);
  const open = after.library.openJobs();
  assert.deepEqual(open.map((queued) => queued.kind), ['reindex']); // prettier-ignore
  const embedding = until(after.library, open[0] ?? null, (at) => at.step === 'embedding');
  after.runner.start();
  t.after(() => after.runner.stop());
  await embedding;
  assert.equal(after.library.show('g1', document.id).document.state, 'ready');
  assert.equal((await store.knowledge.searchWords('g1', ['kraken'], 9)).length, 1);
  gate.resolve();
  assert.equal((await ended(after.library, open[0] ?? null)).state, 'done');
  assert.deepEqual(await index.idsOf('g1', 'offline-hash-v1/16'), await index.idsOf('g1', space));
  assert.equal(await queueReindex(parts, 'offline-hash-v1/16'), 0);
});

test('an empty query is refused with words', async (t) => {
  const { library } = assemble(tempStore(t).store);
  await assert.rejects(library.search('g1', ' \n', 5), (error) => isAppError(error, 'invalid'));
});

test('documents are counted alike everywhere: those being read, too, and none that was removed', async (t) => {
  const { store, file } = tempStore(t);
  const { runner, library } = assemble(store, { embedder: createWatchedEmbedder(), index: createListedIndex() });
  const db = new Database(file, { readonly: true });
  t.after(() => db.close());
  const counts = () => [
    library.status('g1').documents,
    library.list('g1', { offset: 0, limit: 1 }).total,
    store.knowledge.totals().documents,
    describeCopy(db).knowledge?.documents,
  ];
  const passages = () => [store.knowledge.totals().chunks, describeCopy(db).knowledge?.passages];
  const first = library.add(text('the kraken'));
  assert.deepEqual(counts(), [1, 1, 1, 1], 'while it waits');
  runner.start();
  t.after(() => runner.stop());
  assert.equal((await ended(library, first.job)).state, 'done');
  const second = library.add({ ...text('the ship'), title: 'Another' });
  assert.deepEqual(counts(), [2, 2, 2, 2], 'while the second is being read');
  assert.equal((await ended(library, second.job)).state, 'done');
  library.remove('g1', first.document.id);
  assert.deepEqual(counts(), [1, 1, 1, 1], 'removed, and not yet gone for good');
  assert.deepEqual(passages(), [1, 1]);
  library.bringBack('g1', first.document.id);
  assert.deepEqual(counts(), [2, 2, 2, 2], 'back');
});
