import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ModelNews } from '../../src/adapters/gemini/options.ts';
import { watchModels } from '../../src/app/gemini-models.ts';
import { createPulse, watchedGenerator } from '../../src/app/pulse.ts';
import { wordsIn } from '../../src/errors.ts';
import { geminiTrouble } from '../../src/health/alerting/rules/gemini-trouble.ts';
import { generationRequest, textOf } from '../contracts/generator.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { openGeminiBench } from '../support/gemini-adapters.ts';
import { failure, quotaFailure } from '../support/gemini-server-replies.ts';
import { tempStore } from '../support/temp-store.ts';

const first = 'gemini-3.7-flash';
const second = 'gemini-3.5-flash-lite';
const models = [first, second];
const gone = { kind: 'status', status: 404, body: failure(404, 'NOT_FOUND', 'models/x is not found') } as const;

/** One start of the bot after another, on the same database. */
async function openStarts(t: TestContext) {
  const bench = await openGeminiBench(t);
  const { store } = tempStore(t);
  return {
    ...bench,
    start: (configured: readonly string[] = models) => {
      const { log, lines } = recordingLog();
      const watch = watchModels({ models: configured, settings: store.settings, log });
      const generator = bench.generator({ models: configured, answeredBy: watch.answeredBy, onNews: watch.onNews });
      const alerts = () =>
        geminiTrouble([{ name: 'generator', state: 'ok', detail: '', notes: watch.notes() }], bench.time.now);
      return { generator, watch, alerts, lines, ask: () => textOf(generator.generate(generationRequest())) };
    },
  };
}

const configOf = (request: { readonly body: Record<string, unknown> } | undefined) =>
  request?.body['generationConfig'] as { maxOutputTokens: number; thinkingConfig?: unknown };

test('that another model answers for a retired one is said once, with whose price applies, until it is over', async (t) => {
  const { server, start } = await openStarts(t);
  server.reroute(first, 'gemini-3.8-flash');
  const one = start();
  await one.ask();
  await one.ask();
  assert.equal(one.generator.name, 'gemini-3.8-flash');
  assert.deepEqual(
    one.lines
      .filter(({ level }) => level === 'warn')
      .map(({ message }) => /answers with gemini-3\.8-flash/.test(message)),
    [true],
  );
  const [alert] = one.alerts();
  assert.equal(alert?.key, 'gemini:model:gemini-3.7-flash:gemini-3.8-flash');
  for (const locale of ['en', 'ja'] as const) {
    assert.match(wordsIn(locale, alert?.words ?? ''), /gemini-3\.7-flash[^]*gemini-3\.8-flash[^]*pricing/);
  }
  const two = start();
  assert.deepEqual(
    two.alerts().map(({ key }) => key),
    [alert?.key],
    'known before anybody asks',
  );
  await two.ask();
  assert.equal(two.lines.length, 0, 'and not said again');
  server.reroute(first, 'gemini-4-argon');
  await two.ask();
  assert.equal(two.lines.filter(({ level }) => level === 'warn').length, 1, 'another one is news');
  assert.equal(two.alerts()[0]?.key, 'gemini:model:gemini-3.7-flash:gemini-4-argon');
  server.reroute(first, null);
  await two.ask();
  assert.deepEqual(two.alerts(), []);
  assert.match(two.lines.at(-1)?.message ?? '', /^No longer so: Google answers with gemini-4-argon/);
  assert.deepEqual(start().alerts(), []);
});

test('a preferred model that is gone is told of with the one that answers in its place, until it is back', async (t) => {
  const { server, start, time } = await openStarts(t);
  server.script({ ...gone, model: first });
  const one = start();
  await one.ask();
  await one.ask();
  assert.deepEqual(
    one.alerts().map(({ key, severity }) => [key, severity]),
    [['gemini:model:gemini-3.7-flash', 'warning']],
  );
  assert.match(wordsIn('en', one.alerts()[0]?.words ?? ''), /gemini-3\.7-flash[^]*gemini-3\.5-flash-lite answers/);
  assert.equal(one.lines.filter(({ level }) => level === 'warn').length, 1);
  time.now += 3_600_000;
  await one.ask();
  assert.deepEqual(one.alerts(), []);
  assert.deepEqual(start([second]).alerts(), [], 'nothing is said of a model that is not configured');
});

test('versions of a model are the model itself, and so is whatever answers for “latest”', async (t) => {
  const { server, start } = await openStarts(t);
  for (const [asked, version] of [
    [second, 'gemini-3.5-flash-lite-001'],
    [second, 'models/gemini-3.5-flash-lite-preview-09-2026'],
    ['gemini-flash-latest', 'gemini-3.8-flash'],
  ] as const) {
    server.reroute(asked, version);
    const { ask, alerts } = start([asked]);
    await ask();
    assert.deepEqual(alerts(), [], version);
  }
  server.reroute('gemini-3.5-flash', second);
  const { ask, alerts } = start(['gemini-3.5-flash']);
  await ask();
  assert.equal(alerts().length, 1, 'a smaller model is another one, though its name begins alike');
});

test('thinking is set as the model takes it that answers, also after a restart', async (t) => {
  const { server, start } = await openStarts(t);
  const old = 'gemini-2.5-flash';
  server.reroute(old, 'gemini-3.5-flash-lite');
  const one = start([old]);
  await one.ask();
  await one.ask();
  await start([old]).ask();
  assert.deepEqual(
    server.requests.map((request) => configOf(request).thinkingConfig),
    [{ thinkingBudget: 0 }, { thinkingLevel: 'low' }, { thinkingLevel: 'low' }],
  );
});

test('a model that nobody knows yet has room to think, and none is told temperature, top-p or top-k', async (t) => {
  const { server, start } = await openStarts(t);
  for (const model of ['gemini-4-argon', 'somebody-else-7b', first, 'gemini-2.5-pro']) await start([model]).ask();
  const [argon, other] = server.requests;
  for (const request of [argon, other]) {
    assert.equal(configOf(request).thinkingConfig, undefined);
    assert.ok(configOf(request).maxOutputTokens >= 500 + 8_192);
  }
  assert.doesNotMatch(JSON.stringify(server.requests), /temperature|topP|topK|minimal/);
});

test('a model that refuses to be told how much to think gets room for as much as it likes', async (t) => {
  const { server, start } = await openStarts(t);
  const refusal = failure(400, 'INVALID_ARGUMENT', 'Thinking level LOW is not supported for this model.');
  server.script({ kind: 'status', status: 400, body: refusal });
  await start([first]).ask();
  assert.ok(configOf(server.requests[1]).maxOutputTokens >= 500 + 8_192);
});

const refusals = {
  'by name': failure(
    400,
    'INVALID_ARGUMENT',
    'Invalid JSON payload received. Unknown name "store": Cannot find field.',
  ),
  'in a form that is not Google’s': { detail: [{ loc: ['body', 'store'], msg: 'Extra inputs are not permitted' }] },
};
for (const [how, body] of Object.entries(refusals)) {
  test(`a proxy that refuses store ${how} is asked without it, and that is said once`, async (t) => {
    const { server, start } = await openStarts(t);
    server.script({ kind: 'status', status: 400, body });
    const one = start();
    assert.match(await one.ask(), /\[1\]/);
    await one.ask();
    assert.deepEqual(
      server.requests.map((request) => request.body['store']),
      [false, undefined, undefined],
    );
    assert.deepEqual(
      one.alerts().map(({ key }) => key),
      ['gemini:storing'],
    );
    assert.equal(one.lines.filter(({ level }) => level === 'warn').length, 1);
    const two = start();
    await two.ask(); // it takes the field now
    assert.deepEqual(two.alerts(), []);
  });
}

test('a refusal that has nothing to do with store leaves it in', async (t) => {
  const { server, start } = await openStarts(t);
  server.script({ kind: 'status', status: 400, body: 'no JSON', times: 2 });
  const { ask, alerts } = start([first]);
  await assert.rejects(ask(), { code: 'unavailable', message: /refused the request/ });
  await ask();
  assert.deepEqual(
    server.requests.map(({ body }) => body['store']),
    [false, undefined, false],
  );
  assert.deepEqual(alerts(), []);
});

test('after a fallback the model that answers is named, also through the watch on it, and its own quota', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  const news: ModelNews[] = [];
  const pulse = createPulse(() => 'x');
  const watched = watchedGenerator(generator({ models, onNews: (one) => void news.push(one) }), pulse);
  const engines: string[] = [];
  const request = generationRequest({ onEngine: (name) => void engines.push(name) });
  server.script({ kind: 'status', status: 429, model: first, body: quotaFailure('Day') });
  await textOf(watched.generate(request));
  assert.equal(watched.name, second);
  assert.deepEqual(engines, [first, second, second]);
  server.script({ kind: 'status', status: 429, model: second, body: quotaFailure('Minute', '36s') });
  await assert.rejects(textOf(watched.generate(request)), { code: 'limit', retryAfterMs: 36_000 });
  assert.equal(engines.at(-1), second, 'the quota that is back first is its own');
});
