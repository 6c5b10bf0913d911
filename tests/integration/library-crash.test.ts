import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { AppError } from '../../src/errors.ts';
import { createLineChunker } from '../support/line-chunker.ts';
import { createWatchedEmbedder } from '../support/watched-embedder.ts';
import { assemble, createListedIndex, ended, text } from '../support/knowledge-parts.ts';
import { tempStore } from '../support/temp-store.ts';

const space = 'offline-hash-v1/8';
const lines = Array.from({ length: 9 }, (_, n) => `line ${n}`);

/** Runs the ingest up to the n-th call of the embedder, where the program dies: nothing after it is written. */
async function dieAtCall(t: TestContext, dyingCall: number) {
  const { store, reopen } = tempStore(t);
  const [embedder, chunker, index] = [createWatchedEmbedder(), createLineChunker(), createListedIndex()];
  const dying = Promise.withResolvers<void>();
  embedder.before = (call) => {
    if (call !== dyingCall) return undefined;
    dying.resolve();
    return new Promise<void>(() => {});
  };
  const { runner, library } = assemble(store, { embedder, chunker, index });
  runner.start();
  const { document, job } = library.add(text(lines.join('\n')));
  await dying.promise;
  // The lane stays in that call for ever; the other one is told to end, and the file is opened anew.
  void runner.stop();
  return { reopen, embedder, chunker, index, document, job };
}

for (const dyingCall of [1, 3, 5]) {
  test(`a crash in embedding batch ${dyingCall} costs that batch and nothing else`, async (t) => {
    const { reopen, embedder, chunker, index, document, job } = await dieAtCall(t, dyingCall);
    assert.equal(embedder.texts.length, (dyingCall - 1) * 2);
    embedder.before = () => {};
    const store = reopen();
    assert.equal(store.jobs.job(job?.id ?? 0)?.state, 'running');
    const { runner, library, logged } = assemble(store, { embedder, chunker, index });
    runner.start();
    t.after(() => runner.stop());
    assert.equal((await ended(library, job)).state, 'done');
    assert.equal(chunker.calls, 1);
    assert.deepEqual(embedder.texts.map((embedded) => embedded.text), lines); // prettier-ignore
    assert.equal(library.show('g1', document.id).document.state, 'ready');
    assert.deepEqual(
      await index.idsOf('g1', space),
      store.knowledge.guildVectorIds('g1', space, { after: 0, limit: 99 }),
    );
    assert.equal((await index.idsOf('g1', space)).length, lines.length);
    assert.match(logged.join('\n'), /Interrupted, and going on: 1 job\./);
  });
}

test('a crash between the last vector and “ready” is made good, even if the index lost everything', async (t) => {
  const { store, reopen } = tempStore(t);
  const first = assemble(store);
  first.runner.start();
  const { document, job } = first.library.add(text(lines.join('\n')));
  await ended(first.library, job);
  await first.runner.stop();
  store.jobs.requeueJob(job?.id ?? 0, 0, false);
  store.knowledge.markFailed(document.id, 'as if it had never become ready');
  const [embedder, index] = [createWatchedEmbedder(), createListedIndex()];
  const { runner, library } = assemble(reopen(), { embedder, index });
  runner.start();
  t.after(() => runner.stop());
  await ended(library, job);
  assert.equal(embedder.texts.length, 0);
  assert.equal((await index.idsOf('g1', space)).length, lines.length);
  assert.equal(library.show('g1', document.id).document.state, 'ready');
});

test('half-written chunks are written anew', async (t) => {
  const { store, reopen } = tempStore(t);
  const { knowledge } = store;
  const { document, job } = assemble(store).library.add(text(lines.join('\n')));
  const chunks = await createLineChunker().chunk({ title: 'other', name: '', content: Buffer.from('half\nwritten') });
  await knowledge.replaceChunks(document.id, chunks);
  const whole = reopen();
  // What a crash in the middle leaves: the first of several commits, and no mark that they are all there.
  const [one] = chunks;
  assert.ok(one);
  const many = Array.from({ length: 50 }, (_, ordinal) => ({ ...one, ordinal }));
  const refused = { ...one, ordinal: many.length, tokens: 0.5 }; // no whole number, which SQLite does not take
  await assert.rejects(whole.knowledge.replaceChunks(document.id, [...many, refused]));
  assert.equal(whole.knowledge.isChunked(document.id), false);
  const { runner, library } = assemble(whole);
  runner.start();
  t.after(() => runner.stop());
  await ended(library, job);
  const stored = whole.knowledge.chunks(document.id, { offset: 0, limit: 99 });
  assert.deepEqual(stored.map((chunk) => chunk.text), lines); // prettier-ignore
});

test('stopping waits for a safe point, and the job goes on at the next start without a failed attempt', async (t) => {
  const { store, reopen } = tempStore(t);
  const embedder = createWatchedEmbedder();
  const reached = Promise.withResolvers<void>();
  embedder.before = (call, signal) => {
    if (call < 3) return undefined;
    reached.resolve();
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new AppError('aborted', 'cancelled')));
    });
  };
  const first = assemble(store, { embedder });
  first.runner.start();
  const { job } = first.library.add(text(lines.join('\n')));
  await reached.promise;
  await first.runner.stop();
  const waiting = store.jobs.job(job?.id ?? 0);
  assert.deepEqual([waiting?.state, waiting?.attempts, waiting?.failure], ['queued', 0, null]);
  embedder.before = () => {};
  const { runner, library } = assemble(reopen(), { embedder });
  runner.start();
  t.after(() => runner.stop());
  assert.equal((await ended(library, job)).state, 'done');
  assert.deepEqual(embedder.texts.map((embedded) => embedded.text), lines); // prettier-ignore
});

test('a crash while removing is made good: nothing of the document stays, in rows or in the index', async (t) => {
  const { store, reopen } = tempStore(t);
  const index = createListedIndex();
  const first = assemble(store, { index });
  first.runner.start();
  const { document, job } = first.library.add(text(lines.join('\n')));
  await ended(first.library, job);
  await first.runner.stop();
  first.library.remove('g1', document.id);
  const purge = store.jobs.takeJob(Date.now());
  store.knowledge.purgeChunks(document.id, store.knowledge.removedChunkIds(document.id, 4));
  const { runner, library } = assemble(reopen(), { index });
  const forgotten = (await index.idsOf('g1', space)).slice(0, 4);
  await index.remove({ guildId: 'g1', space: createWatchedEmbedder().space }, forgotten);
  runner.start();
  t.after(() => runner.stop());
  assert.equal((await ended(library, purge)).state, 'done');
  assert.deepEqual(await index.idsOf('g1', space), []);
});
