import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Store } from '../../src/adapters/sqlite/open.ts';
import { isAppError } from '../../src/errors.ts';
import type { NewDocument } from '../../src/knowledge/model.ts';
import { lineChunk } from '../support/line-chunker.ts';
import { tempStore } from '../support/temp-store.ts';

const space = 'model/4/none';

function given(content: string, more: Partial<NewDocument> = {}): NewDocument {
  const shown = { guildId: 'g1', title: `About ${content.slice(0, 20)}`, name: 'a.md', url: null };
  return { ...shown, content: Buffer.from(content), addedBy: 'u1', replyTo: null, ...more };
}

/** Stores a document of these lines with its chunks, ready. Returns its id and those of its chunks. */
async function teach({ knowledge }: Store, lines: readonly string[], more: Partial<NewDocument> = {}) {
  const { document } = knowledge.addDocument(given(lines.join('\n'), more), 1);
  await knowledge.replaceChunks(document.id, lines.map((line, ordinal) => lineChunk(document.title, ordinal, line))); // prettier-ignore
  knowledge.markReady(document.id);
  const chunks = knowledge.chunks(document.id, { offset: 0, limit: 1000 });
  return { id: document.id, chunkIds: chunks.map((chunk) => chunk.id), chunks };
}

const vector = (...numbers: number[]) => new Float32Array(numbers);

function open(t: TestContext): Store {
  return tempStore(t).store;
}

test('a document is stored whole, with a queued job, and both survive a restart', (t) => {
  const { store, reopen } = tempStore(t);
  const added = store.knowledge.addDocument(given('Rules: be kind. ルール', { replyTo: '{"channel":1}' }), 42);
  assert.equal(added.duplicate, false);
  const again = reopen();
  const document = again.knowledge.document('g1', added.document.id);
  assert.deepEqual(document, added.document);
  assert.equal(document?.state, 'queued');
  assert.equal(document.addedAt, 42);
  assert.equal(Buffer.from(again.knowledge.content(document.id)).toString(), 'Rules: be kind. ルール');
  const job = again.jobs.takeJob(42);
  assert.deepEqual(job && [job.kind, job.documentId, job.replyTo], ['ingest', document.id, '{"channel":1}']);
});

test('the same content twice in a guild is recognised, and in another guild is another document', (t) => {
  const { knowledge } = open(t);
  const first = knowledge.addDocument(given('same'), 1);
  const second = knowledge.addDocument(given('same', { title: 'Another title' }), 2);
  assert.equal(second.duplicate, true);
  assert.equal(second.document.id, first.document.id);
  assert.equal(second.job?.id, first.job?.id);
  assert.equal(knowledge.documents('g1', { offset: 0, limit: 10 }).total, 1);
  assert.equal(knowledge.addDocument(given('same', { guildId: 'g2' }), 3).duplicate, false);
});

test('a failed document that is given again is queued again under its new title', (t) => {
  const { knowledge, jobs } = open(t);
  const first = knowledge.addDocument(given('same'), 1);
  jobs.failJob(jobs.takeJob(1)?.id ?? 0, 'no', 1);
  knowledge.markFailed(first.document.id, { en: 'no text', ja: '本文なし' });
  const failed = knowledge.document('g1', first.document.id);
  assert.deepEqual([failed?.state, failed?.failure], ['failed', 'no text']);
  assert.deepEqual(failed?.failureWords, { en: 'no text', ja: '本文なし' });
  const second = knowledge.addDocument(given('same', { title: 'Better' }), 2);
  assert.equal(second.duplicate, false);
  const { id, title, state, failure } = second.document;
  assert.deepEqual(
    { id, title, state, failure },
    { id: first.document.id, title: 'Better', state: 'queued', failure: null },
  );
  assert.notEqual(second.job?.id, first.job?.id);
});

test('lists are newest first, in pages, and of one guild', (t) => {
  const { knowledge } = open(t);
  for (const n of [1, 2, 3]) knowledge.addDocument(given(`text ${n}`, { title: `T${n}` }), n);
  knowledge.addDocument(given('other', { guildId: 'g2' }), 4);
  const page = knowledge.documents('g1', { offset: 1, limit: 1 });
  assert.deepEqual([page.total, page.items.map((item) => item.title)], [3, ['T2']]);
  assert.deepEqual(knowledge.guildsWithDocuments(), ['g1', 'g2']);
});

test('titles and names are suggested by any part of them, whatever the case, width or wildcards', (t) => {
  const { knowledge } = open(t);
  knowledge.addDocument(given('a', { title: 'Élan vital 100%', name: 'x.md' }), 1);
  knowledge.addDocument(given('b', { title: 'イベントＦＡＱ', name: 'Event_faq.md' }), 2);
  const titles = (asked: string) => knowledge.suggestDocuments('g1', asked, 25).map((found) => found.title);
  assert.deepEqual(titles('éLAN'), ['Élan vital 100%']);
  assert.deepEqual(titles('faq'), ['イベントＦＡＱ']);
  assert.deepEqual(titles('EVENT_'), ['イベントＦＡＱ']);
  assert.deepEqual(titles('%'), ['Élan vital 100%']);
  assert.equal(titles('').length, 2);
});

test('ids of documents and chunks are never given out twice', async (t) => {
  const { store, reopen } = tempStore(t);
  const first = await teach(store, ['one', 'two']);
  store.knowledge.removeDocument('g1', first.id, 2);
  store.knowledge.purgeChunks(first.id, first.chunkIds);
  const second = await teach(reopen(), ['three']);
  assert.ok(second.id > first.id);
  assert.ok(Math.min(...second.chunkIds) > Math.max(...first.chunkIds));
});

test('chunks come back as they were given, and replacing them leaves none of the old', async (t) => {
  const store = open(t);
  const { knowledge } = store;
  const { document } = knowledge.addDocument(given('x'), 1);
  assert.equal(knowledge.isChunked(document.id), false);
  await knowledge.replaceChunks(
    document.id,
    ['alpha', 'beta', 'gamma'].map((line, ordinal) => lineChunk(document.title, ordinal, line)),
  );
  const [second] = knowledge.chunks(document.id, { offset: 1, limit: 1 });
  assert.deepEqual(second && { ...second, id: 0 }, {
    ...lineChunk(document.title, 1, 'beta'),
    id: 0,
    documentId: document.id,
  });
  assert.equal(knowledge.isChunked(document.id), true);
  await knowledge.replaceChunks(document.id, [lineChunk(document.title, 0, 'delta')]);
  knowledge.markReady(document.id);
  assert.deepEqual(knowledge.chunks(document.id, { offset: 0, limit: 9 }).map((chunk) => chunk.text), ['delta']); // prettier-ignore
  assert.deepEqual(await knowledge.searchWords('g1', ['beta'], 9), []);
  assert.deepEqual(knowledge.counts('g1'), { documents: 1, ready: 1, failed: 0, chunks: 1 });
  assert.deepEqual(knowledge.totals(), { guilds: 1, documents: 1, chunks: 1, vectors: 0 });
});

test('writing many chunks lets the event loop run in between', async (t) => {
  const { knowledge } = open(t);
  const { document } = knowledge.addDocument(given('x'), 1);
  let turns = 0;
  let going = true;
  const turn = () => void (going && (turns += 1) && setImmediate(turn));
  setImmediate(turn);
  await knowledge.replaceChunks(
    document.id,
    Array.from({ length: 500 }, (_, n) => lineChunk(document.title, n, `line ${n}`)),
  );
  going = false;
  assert.ok(turns >= 10, `${turns} turns`);
});

test('a document that is removed while it is chunked stays removed, and its writer is told', async (t) => {
  const { knowledge } = open(t);
  const { document } = knowledge.addDocument(given('x'), 1);
  const writing = knowledge.replaceChunks(
    document.id,
    Array.from({ length: 300 }, (_, n) => lineChunk(document.title, n, `line ${n}`)),
  );
  knowledge.removeDocument('g1', document.id, 2);
  await assert.rejects(writing, (error) => isAppError(error, 'not_found'));
  assert.equal(knowledge.document('g1', document.id), null);
});

test('only what has no vector in the space is asked for, and vectors come back exactly', async (t) => {
  const store = open(t);
  const { knowledge } = store;
  const { id, chunkIds } = await teach(store, ['one', 'two', 'three']);
  const [a = 0, b = 0, c = 0] = chunkIds;
  knowledge.saveVectors(space, [{ chunkId: b, vector: vector(0.1, -2, 3e-8, 4) }]);
  knowledge.saveVectors('other', [{ chunkId: a, vector: vector(1) }]);
  knowledge.saveVectors(space, [{ chunkId: 999, vector: vector(1) }]);
  assert.deepEqual(knowledge.chunksWithoutVector(id, space, 9).map((chunk) => chunk.id), [a, c]); // prettier-ignore
  assert.equal(knowledge.countVectors(id, space), 1);
  assert.deepEqual(knowledge.vectors(space, [a, b, 999]), [{ chunkId: b, vector: vector(0.1, -2, 3e-8, 4) }]);
  assert.deepEqual(knowledge.documentsWithoutVectors(space, 9).map((found) => found.id), [id]); // prettier-ignore
  assert.deepEqual(knowledge.documentsWithoutVectors(space, 9, id), []);
  knowledge.saveVectors(space, [a, c].map((chunkId) => ({ chunkId, vector: vector(1, 0, 0, 0) }))); // prettier-ignore
  assert.deepEqual(knowledge.documentsWithoutVectors(space, 9), []);
  assert.equal(knowledge.totals().vectors, 4);
  knowledge.removeDocument('g1', id, 3);
  assert.deepEqual(knowledge.vectors(space, [a, b, c]), [], 'the index is to forget them, in whatever space');
});

test('vectors are found by the text they are of, in their own space only', async (t) => {
  const store = open(t);
  const first = await teach(store, ['shared', 'own']);
  store.knowledge.saveVectors(space, [{ chunkId: first.chunkIds[0] ?? 0, vector: vector(1, 2, 3, 4) }]);
  const hashes = first.chunks.map((chunk) => chunk.textHash);
  const found = store.knowledge.vectorsByTextHash(space, [...hashes, 'unknown']);
  assert.deepEqual([...found], [[hashes[0], vector(1, 2, 3, 4)]]);
  assert.equal(store.knowledge.vectorsByTextHash('other', hashes).size, 0);
});

test('pages of a guild hold the vectors of its ready documents, in order, and nobody else’s', async (t) => {
  const store = open(t);
  const { knowledge } = store;
  const mine = await teach(store, ['one', 'two']);
  const theirs = await teach(store, ['three'], { guildId: 'g2' });
  const more = await teach(store, ['four']);
  const all = [...mine.chunkIds, ...theirs.chunkIds, ...more.chunkIds];
  knowledge.saveVectors(space, all.map((chunkId) => ({ chunkId, vector: vector(chunkId, 0, 0, 0) }))); // prettier-ignore
  const expected = [...mine.chunkIds, ...more.chunkIds];
  assert.deepEqual(knowledge.guildVectorIds('g1', space, { after: 0, limit: 9 }), expected);
  const page = knowledge.guildVectors('g1', space, { after: expected[0] ?? 0, limit: 1 });
  assert.deepEqual(page, [{ chunkId: expected[1], vector: vector(expected[1] ?? 0, 0, 0, 0) }]);
  assert.deepEqual(knowledge.documentVectors(more.id, space, { after: 0, limit: 9 }).map((v) => v.chunkId), more.chunkIds); // prettier-ignore
  knowledge.removeDocument('g1', mine.id, 9);
  assert.deepEqual(knowledge.guildVectorIds('g1', space, { after: 0, limit: 9 }), more.chunkIds);
});

test('a removed document is gone from every read at once, and its rows go when they are purged', async (t) => {
  const store = open(t);
  const { knowledge, jobs } = store;
  const { id, chunkIds } = await teach(store, ['the kraken sleeps', 'the ship sails']);
  assert.equal(knowledge.passages('g1', chunkIds).length, 2);
  assert.equal(knowledge.removeDocument('g2', id, 5), null);
  const removed = knowledge.removeDocument('g1', id, 5);
  assert.equal(removed?.job.kind, 'purge');
  assert.equal(knowledge.document('g1', id), null);
  assert.equal(knowledge.documents('g1', { offset: 0, limit: 9 }).total, 0);
  assert.deepEqual(knowledge.suggestDocuments('g1', '', 9), []);
  assert.deepEqual(knowledge.passages('g1', chunkIds), []);
  assert.deepEqual(await knowledge.searchWords('g1', ['kraken'], 9), []);
  assert.deepEqual(knowledge.counts('g1'), { documents: 0, ready: 0, failed: 0, chunks: 0 });
  assert.equal(knowledge.removeDocument('g1', id, 6), null);
  assert.deepEqual(jobs.openJobs('g1', 9).map((job) => job.kind), ['purge']); // prettier-ignore

  assert.deepEqual(knowledge.removedChunkIds(id, 1), chunkIds.slice(0, 1));
  knowledge.purgeChunks(id, chunkIds.slice(0, 1));
  assert.deepEqual(knowledge.removedChunkIds(id, 9), chunkIds.slice(1));
  assert.ok(knowledge.content(id).length > 0);
  knowledge.purgeChunks(id, chunkIds.slice(1));
  assert.throws(() => knowledge.content(id), (error) => isAppError(error, 'not_found')); // prettier-ignore
  assert.equal(knowledge.wordFrequencies(['kraken']).frequencies.get('kraken'), 0);
});

test('what was removed can be taught again', async (t) => {
  const store = open(t);
  const first = await teach(store, ['the kraken sleeps']);
  store.knowledge.removeDocument('g1', first.id, 5);
  const second = await teach(store, ['the kraken sleeps']);
  assert.deepEqual((await store.knowledge.searchWords('g1', ['kraken'], 9)).map((hit) => hit.chunkId), second.chunkIds); // prettier-ignore
});

test('chunks of living documents are not purged by mistake', async (t) => {
  const store = open(t);
  const { id, chunkIds } = await teach(store, ['stay']);
  assert.deepEqual(store.knowledge.removedChunkIds(id, 9), []);
  store.knowledge.purgeChunks(id + 1, chunkIds);
  assert.equal(store.knowledge.passages('g1', chunkIds).length, 1);
});

test('passages come in the order asked for, of the guild and of ready documents only', async (t) => {
  const store = open(t);
  const mine = await teach(store, ['one', 'two'], { title: 'Mine', url: 'https://example.org/mine' });
  const theirs = await teach(store, ['three'], { guildId: 'g2' });
  const ids = [mine.chunkIds[1] ?? 0, theirs.chunkIds[0] ?? 0, 12_345, mine.chunkIds[0] ?? 0];
  const passages = store.knowledge.passages('g1', ids);
  assert.deepEqual(passages.map((passage) => passage.text), ['two', 'one']); // prettier-ignore
  assert.deepEqual(passages[0], {
    chunkId: mine.chunkIds[1],
    documentId: mine.id,
    title: 'Mine',
    url: 'https://example.org/mine',
    ordinal: 1,
    headings: ['Line 1'],
    text: 'two',
    tokens: 3,
  });
});
