import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { AppError } from '../../src/errors.ts';
import { createEmbedding } from '../../src/knowledge/embedding.ts';
import type { Embedder } from '../../src/knowledge/ports.ts';
import { queueReindex } from '../../src/knowledge/reindex.ts';
import { createWatchedEmbedder } from '../support/watched-embedder.ts';
import { openGeminiServer } from '../support/gemini-server.ts';
import { assemble, createListedIndex, ended, text } from '../support/knowledge-parts.ts';
import { openRealKnowledge } from '../support/real-knowledge.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { tempFolder, tempStore } from '../support/temp-store.ts';

/** An embedder that counts its requests, of so many texts each. */
function counting(texts: number, refuses = (_text: string) => false) {
  const requests: string[][] = [];
  const made = createWatchedEmbedder();
  const embedder: Embedder = {
    ...made,
    room: () => texts,
    async embedDocuments(batch, signal) {
      requests.push(batch.map((one) => one.text));
      if (batch.some((one) => refuses(one.text))) throw new AppError('invalid', 'A text was refused.');
      return made.embedDocuments(batch, signal);
    },
  };
  return { embedder, requests };
}

const documents = (count: number) =>
  Array.from({ length: count }, (_, n) => text(`line ${n} a\n\nline ${n} b`, { title: `T${n}`, name: `${n}.md` }));

test('documents that wait share their requests for vectors, and each is learned whole', async (t) => {
  const { store } = tempStore(t);
  const { embedder, requests } = counting(100);
  const index = createListedIndex();
  const { runner, library } = assemble(store, { embedder, index, batchSize: 100 });
  const added = documents(40).map((one) => library.add(one));
  runner.start();
  t.after(() => runner.stop());
  for (const { job } of added) assert.equal((await ended(library, job)).state, 'done');
  const texts = requests.flat();
  assert.equal(texts.length, 80);
  assert.equal(new Set(texts).size, 80, 'none is sent twice');
  assert.ok(requests.length <= 4, `${requests.length} requests for 40 documents`);
  assert.equal((await index.idsOf('g1', embedder.space.id)).length, 80);
});

test('after a change of the model all documents are embedded again in as few requests as they fit into', async (t) => {
  const { store } = tempStore(t);
  const { runner, library } = assemble(store);
  const added = documents(30).map((one) => library.add(one));
  runner.start();
  for (const { job } of added) await ended(library, job);
  await runner.stop();

  const { embedder, requests } = counting(20);
  const other: Embedder = { ...embedder, space: { ...embedder.space, id: 'another/8' } };
  const index = createListedIndex();
  const next = assemble(store, { embedder: other, index, batchSize: 100 });
  assert.equal(await queueReindex({ store: store.knowledge, jobs: store.jobs, clock: Date.now }, 'another/8'), 30);
  assert.equal(store.jobs.countOpen('reindex'), 30);
  const jobs = store.jobs.openJobs(null, 100);
  next.runner.start();
  t.after(() => next.runner.stop());
  for (const job of jobs) assert.equal((await ended(next.library, job)).state, 'done');
  assert.deepEqual(
    requests.map(({ length }) => length),
    [20, 20, 20],
  );
  assert.equal((await index.idsOf('g1', 'another/8')).length, 60);
  assert.equal(store.jobs.countOpen('reindex'), 0);
});

test('a text that is refused fails its own document alone', async (t) => {
  const { store } = tempStore(t);
  const { embedder } = counting(100, (one) => one.includes('line 3 b'));
  const { runner, library } = assemble(store, { embedder, batchSize: 100 });
  const added = documents(8).map((one) => library.add(one));
  runner.start();
  t.after(() => runner.stop());
  const states: string[] = [];
  for (const { job } of added) states.push((await ended(library, job)).state);
  assert.deepEqual(
    states.map((state, n) => (n === 3 ? state === 'failed' : state === 'done')),
    states.map(() => true),
  );
});

test('what came with another document’s request is saved, and not asked for again after a crash', async (t) => {
  const { store } = tempStore(t);
  const { knowledge, jobs } = store;
  const { embedder, requests } = counting(100);
  const { runner, library } = assemble(store, { embedder, batchSize: 100 });
  const added = documents(3).map((one) => library.add(one));
  const [first] = added;
  assert.ok(first !== undefined);
  const embed = createEmbedding({
    store: knowledge,
    embedder,
    jobs,
    batchSize: 100,
    async chunked(document) {
      const lines = knowledge.content(document.id);
      const words = Buffer.from(lines).toString().split('\n\n');
      const chunks = words.map((line, ordinal) => ({
        ordinal,
        headings: [],
        text: line,
        tokens: 1,
        textHash: `${document.id}/${ordinal}`,
        words: line,
      }));
      await knowledge.replaceChunks(document.id, chunks);
    },
  });
  await knowledge.replaceChunks(first.document.id, [
    { ordinal: 0, headings: [], text: 'x', tokens: 1, textHash: 'x', words: 'x' },
  ]);
  for await (const groups of embed(first.document, new AbortController().signal)) {
    assert.equal(groups.length, 3);
    knowledge.saveVectors(
      embedder.space.id,
      groups.flatMap(({ vectors }) => vectors),
    );
  } // and here the process ends
  assert.equal(requests.length, 1);
  runner.start();
  t.after(() => runner.stop());
  for (const { job } of added) assert.equal((await ended(library, job)).state, 'done');
  assert.equal(requests.length, 1);
});

/** The whole knowledge base, with the real SDK. */
async function taught(t: TestContext) {
  const gemini = await openGeminiServer();
  t.after(() => gemini.close());
  const folder = tempFolder(t);
  const env = { GEMINI_API_KEY: gemini.apiKey, GEMINI_BASE_URL: gemini.url, GEMINI_EMBEDDING_DIMENSIONS: '128' };
  const base = await openRealKnowledge(t, { folder, env });
  const added = documents(25).map((one) => base.library.add(one));
  for (const { job } of added) assert.equal((await ended(base.library, job)).state, 'done');
  await base[Symbol.asyncDispose]();
  return { gemini, folder, env };
}

test('another embedding model costs a few requests, and how far it is and its end are said', async (t) => {
  const { gemini, folder, env } = await taught(t);
  const before = gemini.requests.length;
  assert.ok(before <= 6, `${before} requests for 25 documents`);
  const { log, lines } = recordingLog();
  const change = { ...env, GEMINI_EMBEDDING_MODEL: 'gemini-embedding-2' };
  gemini.script({ kind: 'status', status: 503, task: 'batchEmbedContents' });
  const base = await openRealKnowledge(t, { folder, env: change, log });
  const part = base.status().find(({ name }) => name === 'jobs');
  assert.equal(part?.state, 'degraded');
  assert.match(part.detail, /^re-embedding for another model: 0 of 25 documents/);
  assert.match(JSON.stringify(part.words), /再作成中：25 件中 0 件/);
  for (const job of base.store.jobs.openJobs(null, 100)) await ended(base.library, job);
  assert.equal(gemini.requests.length - before, 2, 'one that failed, and one for all of them');
  assert.equal(base.status().find(({ name }) => name === 'jobs')?.state, 'ok');
  const said = lines.filter(({ message }) => /embedded again/.test(message)).map(({ message }) => message);
  assert.deepEqual(said, [
    'To be embedded again for gemini-embedding-2/128/prefix: 25 documents',
    'All documents are embedded again for gemini-embedding-2/128/prefix',
  ]);
});
