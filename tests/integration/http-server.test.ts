import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { FastifyPluginAsync, FastifyPluginCallback } from 'fastify';
import { AppError, isAppError } from '../../src/errors.ts';
import type { PartStatus, StatusReport } from '../../src/health/ports.ts';
import { openHttpServer, type HttpServerOptions } from '../../src/http/server.ts';

const READER = 'reader-token-0123456789-abcdefghijkl';
const healthy: PartStatus[] = (['sqlite', 'chroma', 'embedder', 'generator', 'discord', 'jobs'] as const).map(
  (name) => ({ name, state: 'ok', detail: 'fine' }),
);

async function open(
  t: TestContext,
  parts: readonly PartStatus[] = healthy,
  plugins: HttpServerOptions['plugins'] = [],
  refusal: () => AppError | null = () => null,
) {
  const logged: string[] = [];
  const report: StatusReport = {
    version: '1.2.3',
    startedAt: 0,
    parts,
    totals: { guilds: 0, documents: 0, chunks: 0 },
    freeBytes: null,
    volumeBytes: null,
    folders: [],
  };
  const server = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    status: { status: () => report },
    log: { error: (message) => void logged.push(message) },
    plugins,
    refusal,
    tokens: [{ name: 'grafana', scope: 'read', token: READER }],
  });
  t.after(() => server.close());
  const get = async (path: string, token?: string) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(server.url + path, { headers });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  return { server, get, logged };
}

const withState = (name: PartStatus['name'], state: PartStatus['state']) =>
  healthy.map((part) => (part.name === name ? { ...part, state } : part));

test('a living process says so, whatever state its parts are in', async (t) => {
  const { get } = await open(t, withState('sqlite', 'down'));
  assert.deepEqual(await get('/healthz'), {
    status: 200,
    type: 'application/json; charset=utf-8',
    body: { status: 'alive' },
  });
});

test('a bot that stops refuses new work in its API with when to come back, and answers health checks', async (t) => {
  const api: FastifyPluginCallback = (server, _options, done) => {
    server.get('/api/work', { config: { scope: 'read' } }, async () => ({ done: true }));
    server.get('/page', async () => ({ done: true }));
    done();
  };
  let refusal: AppError | null = null;
  const { server, get } = await open(t, healthy, [api], () => refusal);
  assert.equal((await get('/api/work')).status, 200);
  refusal = new AppError('busy', 'I am being restarted.', { retryAfterMs: 30_000 });
  const response = await fetch(`${server.url}/api/work`);
  assert.equal(response.status, 503);
  assert.equal(response.headers.get('retry-after'), '30');
  assert.equal(response.headers.get('connection'), 'close');
  assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  assert.match(await response.text(), /nescordbot:busy.*I am being restarted/);
  assert.deepEqual([(await get('/healthz')).status, (await get('/page')).status], [200, 200]);
});

test('readiness needs every essential part, shows each, and outlasts the loss of a model', async (t) => {
  const cases = [
    [healthy, 200],
    [withState('chroma', 'down'), 503],
    [withState('discord', 'starting'), 503],
    [withState('sqlite', 'down'), 503],
    [withState('generator', 'degraded'), 200],
    [withState('generator', 'down'), 200],
    [withState('chroma', 'degraded'), 200],
  ] as const;
  for (const [parts, expected] of cases) {
    const { get } = await open(t, parts);
    const { status, body } = await get('/readyz', READER);
    assert.equal(status, expected);
    assert.deepEqual(body, { status: expected === 200 ? 'ready' : 'not ready', version: '1.2.3', parts });
  }
});

test('whoever has no token is told of readiness which parts work, and nothing of what they are', async (t) => {
  const parts = [{ name: 'sqlite', state: 'ok', detail: '/home/mika/bot/data/nescordbot.db' }] as const;
  const { get } = await open(t, parts);
  for (const token of [undefined, 'wrong', `${READER}x`])
    assert.deepEqual((await get('/readyz', token)).body, {
      status: 'ready',
      parts: [{ name: 'sqlite', state: 'ok' }],
    });
});

test('an unknown address is answered with a problem in JSON', async (t) => {
  const { get } = await open(t);
  const { status, type, body } = await get('/nothing?token=abc');
  assert.equal(status, 404);
  assert.equal(type, 'application/problem+json; charset=utf-8');
  assert.deepEqual(body, {
    type: 'urn:problem-type:nescordbot:not-found',
    title: 'Not found',
    status: 404,
    detail: 'There is nothing at GET /nothing.',
  });
});

test('routes of other rooms are served; their errors are told in words, defects only to the log', async (t) => {
  const { get, logged } = await open(t, healthy, [
    (server, _options, done) => {
      server.get('/hello', async () => ({ hello: 'there' }));
      server.get('/missing', () => Promise.reject(new AppError('not_found', 'There is no such document.')));
      server.get('/defect', () => Promise.reject(new TypeError('password is hunter2')));
      done();
    },
  ]);
  assert.deepEqual((await get('/hello')).body, { hello: 'there' });
  assert.deepEqual((await get('/missing')).body, {
    type: 'urn:problem-type:nescordbot:not-found',
    title: 'Not found',
    status: 404,
    detail: 'There is no such document.',
  });
  const { status, body } = await get('/defect');
  assert.equal(status, 500);
  assert.ok(!JSON.stringify(body).includes('hunter2'));
  assert.deepEqual(logged, ['GET /defect failed']);
});

test('what is slow to be ready is waited for, however slow the machine is', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [begun, ready] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow: FastifyPluginAsync = async (server) => {
    begun.resolve();
    await ready.promise;
    server.get('/slow', async () => ({ ready: true }));
  };
  const opening = open(t, healthy, [slow]);
  await begun.promise;
  t.mock.timers.tick(3_600_000);
  ready.resolve();
  const { get } = await opening;
  t.mock.timers.reset();
  assert.deepEqual((await get('/slow')).body, { ready: true });
});

test('a port in use is a mistake of the settings, in words', async (t) => {
  const { server } = await open(t);
  const second = openHttpServer({
    host: '127.0.0.1',
    port: server.port,
    status: { status: () => ({}) as never },
    log: { error: () => undefined },
  });
  await assert.rejects(
    second,
    (error) => isAppError(error, 'config') && error.message.includes(`Port ${server.port} is in use`),
  );
});

test('closing does not wait for connections that are kept open', async (t) => {
  const { server } = await open(t);
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n');
  await once(socket, 'data');
  const ended = once(socket, 'close');
  await server.close();
  await ended;
  await assert.rejects(fetch(`${server.url}/healthz`));
});
