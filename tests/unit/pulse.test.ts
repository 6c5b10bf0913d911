import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPulse, watchedEmbedder, watchedGenerator } from '../../src/app/pulse.ts';
import { AppError } from '../../src/errors.ts';
import { LengthReached, type Embedder, type GenerationRequest, type Generator } from '../../src/knowledge/ports.ts';

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

test('a quota ends when its time is over, and an outage after a while, without anybody asking', () => {
  let now = 1_000;
  const turns: boolean[] = [];
  const pulse = createPulse(
    'gemini',
    (isWell) => void turns.push(isWell),
    () => now,
    60_000,
  );
  const states = (at: number) => {
    now = at;
    return [pulse.status('generator').state, pulse.isWell()];
  };
  pulse.failed(quota);
  assert.deepEqual(states(5_999), ['degraded', false]);
  assert.deepEqual(states(6_000), ['ok', true]);
  pulse.failed(new AppError('unavailable', 'down'));
  assert.deepEqual(states(65_999), ['degraded', false]);
  assert.deepEqual(states(66_000), ['ok', true]);
  pulse.failed(
    new AppError('config', 'A refused key is refused until somebody puts it right.', { retryAfterMs: 1_000 }),
  );
  assert.deepEqual(states(9e9), ['degraded', false]);
  assert.deepEqual(turns, [false, true, false, true, false]);
});

test('the name of a watched generator is that of who wrote last, and a long answer is no fault of it', async () => {
  let name = 'first';
  const pulse = createPulse(() => name);
  const watched = watchedGenerator(
    {
      get name() {
        return name;
      },
      async *generate() {
        name = 'second';
        yield 'half';
        throw new LengthReached();
      },
    },
    pulse,
  );
  const read = async () => {
    for await (const piece of watched.generate({} as GenerationRequest)) assert.equal(piece, 'half');
  };
  await assert.rejects(read(), LengthReached);
  assert.deepEqual([watched.name, pulse.status('generator').detail, pulse.isWell()], ['second', 'second', true]);
});
