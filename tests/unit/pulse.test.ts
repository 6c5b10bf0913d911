import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPulse, watchedEmbedder, watchedGenerator } from '../../src/app/pulse.ts';
import { AppError } from '../../src/errors.ts';
import type { Embedder, GenerationRequest, Generator } from '../../src/knowledge/ports.ts';

const quota = new AppError(
  'limit',
  { en: 'Gemini is out of quota.', ja: 'Gemini の利用枠を使い切りました。' },
  { retryAfterMs: 5_000 },
);

test('an embedder is as well as its last call was, in both languages, whatever text it refused', async () => {
  let outcome: Error | null = null;
  const pulse = createPulse('gemini-embedding-001/768', undefined, () => 1_000);
  const embedder = watchedEmbedder(
    {
      space: { id: 'x', model: 'x', dimensions: 1 },
      relevance: { vectorWeight: 1, similarityFloor: 0 },
      async embedDocuments() {
        if (outcome !== null) throw outcome;
        return [];
      },
      async embedQuery() {
        if (outcome !== null) throw outcome;
        return new Float32Array(1);
      },
    } satisfies Embedder,
    pulse,
  );
  await embedder.embedQuery('x');
  assert.deepEqual(pulse.status('embedder'), { name: 'embedder', state: 'ok', detail: 'gemini-embedding-001/768' });
  outcome = new AppError('invalid', 'a refused text');
  await assert.rejects(embedder.embedDocuments([]));
  assert.equal(pulse.status('embedder').state, 'ok');
  outcome = quota;
  await assert.rejects(embedder.embedQuery('x'), quota);
  assert.deepEqual(pulse.status('embedder'), {
    name: 'embedder',
    state: 'degraded',
    detail: 'gemini-embedding-001/768: Gemini is out of quota.',
    words: quota.words,
    failure: { code: 'limit', retryAt: 6_000 },
  });
  outcome = null;
  await embedder.embedDocuments([]);
  assert.equal(pulse.status('embedder').state, 'ok');
});

test('a generator that breaks off is not well, and is again when it has written to the end', async () => {
  let fails = true;
  const pulse = createPulse('gemini');
  const generator: Generator = watchedGenerator(
    {
      name: 'gemini',
      async *generate() {
        yield 'half';
        if (fails) throw quota;
      },
    },
    pulse,
  );
  const write = async () => {
    let written = '';
    for await (const piece of generator.generate({} as GenerationRequest)) written += piece;
    return written;
  };
  await assert.rejects(write(), quota);
  assert.equal(pulse.status('generator').state, 'degraded');
  fails = false;
  assert.equal(await write(), 'half');
  assert.equal(pulse.status('generator').state, 'ok');
});
