import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Wait } from '../../src/adapters/gemini/options.ts';
import { realWait } from '../../src/adapters/gemini/retry.ts';
import { openGeminiBench } from '../support/gemini-adapters.ts';
import { failure, invalidKey, quotaFailure } from '../support/gemini-server-replies.ts';

const passages = (count: number) => Array.from({ length: count }, (_, n) => ({ title: `T${n}`, text: `text ${n}` }));
const HOUR = 3_600_000;

test('gemini-embedding-001 is told the task by type, with title and dimensions', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  const gemini = embedder();
  await gemini.embedDocuments([{ title: 'Guide › Intents', text: 'body' }]);
  await gemini.embedQuery('what?');
  assert.equal(gemini.space.id, 'gemini-embedding-001/256/task-type');
  assert.deepEqual(
    server.requests.map(({ body }) => body),
    [
      {
        requests: [
          {
            model: 'models/gemini-embedding-001',
            content: { role: 'user', parts: [{ text: 'body' }] },
            taskType: 'RETRIEVAL_DOCUMENT',
            title: 'Guide › Intents',
            outputDimensionality: 256,
          },
        ],
      },
      { content: { role: 'user', parts: [{ text: 'what?' }] }, taskType: 'RETRIEVAL_QUERY', outputDimensionality: 256 },
    ],
  );
});

test('gemini-embedding-2 and unknown models are told the task by prefixes, in a space of their own', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  for (const model of ['gemini-embedding-2', 'models/gemini-embedding-9']) {
    const gemini = embedder({ model });
    assert.match(gemini.space.id, /^gemini-embedding-\d\/256\/prefix$/);
    await gemini.embedDocuments([{ title: 'Guide', text: 'body' }]);
    await gemini.embedQuery('what?');
  }
  const sent = JSON.stringify(server.requests);
  assert.equal(sent.match(/title: Guide \| text: body/g)?.length, 2);
  assert.equal(sent.match(/task: search result \| query: what\?/g)?.length, 2);
  assert.doesNotMatch(sent, /taskType/);
});

test('requests have at most 100 texts and a bounded size, and usage is recorded for each', async (t) => {
  const { server, embedder, usage } = await openGeminiBench(t);
  await embedder().embedDocuments(passages(230));
  assert.deepEqual(
    server.requests
      .map(({ body }) => Array.isArray(body.requests) && body.requests.length)
      .sort((a, b) => Number(b) - Number(a)),
    [100, 100, 30],
  );
  await embedder().embedDocuments(passages(20).map(({ title }) => ({ title, text: 'word '.repeat(1_000) })));
  assert.equal(server.requests.length, 3 + 2);
  assert.equal(usage.length, 5);
  assert.ok(
    usage.every(
      ({ task, requests, inputTokens, outputTokens }) =>
        task === 'embed' && requests === 1 && inputTokens > 0 && outputTokens === 0,
    ),
  );
});

test('server errors, broken connections and unreadable replies are tried again', async (t) => {
  const { server, embedder, waits } = await openGeminiBench(t);
  server.script(
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503, body: 'no json' },
    { kind: 'cut', afterPieces: 0 },
    { kind: 'malformed' },
    { kind: 'reply', events: [{ embeddings: [{ values: [1, 2] }] }] },
  );
  assert.equal((await embedder().embedDocuments(passages(1))).length, 1);
  assert.equal(server.requests.length, 6);
  assert.deepEqual(waits, [375, 750, 1_500, 3_000, 6_000], 'twice as long each time, with the jitter given');
});

const wrong: Record<string, unknown> = {
  'too few vectors': { embeddings: [] },
  'no vectors at all': {},
  'other dimensions': { embeddings: [{ values: [1, 0] }] },
  'a zero vector': { embeddings: [{ values: Array.from({ length: 256 }, () => 0) }] },
  'null for a number': { embeddings: [{ values: [null, ...Array.from({ length: 255 }, () => Number.NaN)] }] },
};
for (const [what, reply] of Object.entries(wrong)) {
  test(`a reply with ${what} is never taken for an embedding`, async (t) => {
    const { server, embedder } = await openGeminiBench(t);
    server.script({ kind: 'reply', events: [reply], times: 99 });
    await assert.rejects(embedder().embedDocuments(passages(1)), { name: 'AppError', code: 'unavailable' });
    assert.equal(server.requests.length, 6, 'tried six times');
  });
}

test('the minute’s quota is waited for as long as Google says, and every batch gets through', async (t) => {
  const { server, embedder, waits } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 429, body: quotaFailure('Minute', '36s') });
  const vectors = await embedder({ concurrency: 1 }).embedDocuments(passages(150));
  assert.equal(vectors.length, 150);
  assert.deepEqual(waits, [36_000]);
});

test('someone who asks does not wait for a minute’s quota: the error says when to come back', async (t) => {
  const { server, embedder, waits } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 429, body: quotaFailure('Minute', '36s') });
  const gemini = embedder();
  await assert.rejects(gemini.embedQuery('q'), { code: 'limit', retryAfterMs: 36_000, message: /36 s/ });
  await assert.rejects(gemini.embedQuery('q'), { code: 'limit' });
  assert.equal(server.requests.length, 1, 'the second question did not ask in vain');
  assert.deepEqual(waits, []);
});

test('the day’s quota stops all requests until midnight in California', async (t) => {
  const { server, embedder, time } = await openGeminiBench(t);
  const gemini = embedder();
  server.script({ kind: 'status', status: 429, body: quotaFailure('Day', '36s') });
  await assert.rejects(gemini.embedDocuments(passages(1)), {
    code: 'limit',
    retryAfterMs: 20 * HOUR,
    message: /about 20 h/,
  });
  time.now += 19 * HOUR;
  await assert.rejects(gemini.embedDocuments(passages(1)), { code: 'limit', retryAfterMs: HOUR });
  assert.equal(server.requests.length, 1);
  time.now += HOUR;
  assert.equal((await gemini.embedDocuments(passages(1))).length, 1);
});

test('a wrong key is the operator’s to put right, at once, and is not repeated to anyone', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  const apiKey = 'AIzaSyWrongWrongWrong';
  await assert.rejects(embedder({ apiKey }).embedQuery('q'), (error: Error) => {
    assert.equal('code' in error && error.code, 'config');
    assert.match(error.message, /aistudio\.google\.com\/apikey/);
    return true;
  });
  const suspended = failure(403, 'PERMISSION_DENIED', `Consumer 'api_key:${server.apiKey}' has been suspended.`);
  server.script({ kind: 'status', status: 403, body: suspended });
  await assert.rejects(embedder().embedQuery('q'), (error: Error) => {
    assert.equal('code' in error && error.code, 'config');
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      assert.doesNotMatch(`${at.message}${at.stack}${JSON.stringify(at)}`, new RegExp(server.apiKey));
    }
    return true;
  });
});

test('a model that is gone is named with the setting to change', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 404 });
  await assert.rejects(embedder().embedQuery('q'), {
    code: 'config',
    message: /gemini-embedding-001.*GEMINI_EMBEDDING_MODEL/,
  });
});

test('a text that Google refuses is not sent again', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 400, body: failure(400, 'INVALID_ARGUMENT', 'bad content') });
  await assert.rejects(embedder().embedDocuments(passages(1)), { code: 'invalid' });
  assert.equal(server.requests.length, 1);
  server.script({ kind: 'status', status: 400, body: invalidKey() });
  await assert.rejects(embedder().embedDocuments(passages(1)), { code: 'config' });
});

test('a server that hangs is given up after the time limit, attempt by attempt', async (t) => {
  const { server, embedder, waits } = await openGeminiBench(t);
  server.script({ kind: 'hang', times: 3 });
  await assert.rejects(embedder({ timeoutMs: 100 }).embedQuery('q'), { code: 'unavailable', message: /in time/ });
  assert.equal(waits.length, 2);
});

test('a base address may end in a slash', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  assert.equal((await embedder({ baseUrl: `${server.url}/` }).embedQuery('q')).length, 256);
});

test('nobody listening is unavailable', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  await assert.rejects(embedder({ baseUrl: 'http://127.0.0.1:9' }).embedQuery('q'), { code: 'unavailable' });
  assert.equal(server.requests.length, 0);
});

test('cancelling ends a request under way and those behind it', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  server.script({ kind: 'hang', times: 99 });
  const abort = new AbortController();
  const embedding = embedder().embedDocuments(passages(500), abort.signal);
  await server.received(2);
  abort.abort();
  await assert.rejects(embedding, { name: 'AppError', code: 'aborted' });
  assert.equal(server.requests.length, 2, 'no more than the concurrency');
});

test('cancelling ends a wait for quota at once', { timeout: 50_000 }, async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 429, body: quotaFailure('Minute', '60s') });
  const abort = new AbortController();
  const wait: Wait = (ms, signal) => {
    setImmediate(() => abort.abort());
    return realWait(ms, signal);
  };
  await assert.rejects(embedder({ wait }).embedDocuments(passages(1), abort.signal), { code: 'aborted' });
});

test('one batch that fails for good ends the others instead of spending quota on them', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 400, body: failure(400, 'INVALID_ARGUMENT', 'bad content') });
  await assert.rejects(embedder({ concurrency: 1 }).embedDocuments(passages(1_000)), { code: 'invalid' });
  assert.ok(server.requests.length <= 2);
});

test('a question does not queue behind documents', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  const gemini = embedder({ concurrency: 1 });
  server.script({ kind: 'hang', task: 'batchEmbedContents' });
  const abort = new AbortController();
  const documents = gemini.embedDocuments(passages(10), abort.signal);
  await server.received(1);
  assert.equal((await gemini.embedQuery('q')).length, 256);
  abort.abort();
  await assert.rejects(documents, { code: 'aborted' });
});
