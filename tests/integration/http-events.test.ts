import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { createEvents } from '../../src/http/events.ts';
import { createJobs } from '../../src/http/jobs.ts';
import type { JobResultView } from '../../src/http/schemas/job.ts';
import { OPERATOR, openScriptedApi, READER } from '../support/scripted-api.ts';

/** Reads server-sent events one by one. */
async function listen(t: TestContext, url: string, headers: Record<string, string>) {
  const gone = new AbortController();
  t.after(() => gone.abort());
  const response = await fetch(`${url}/api/events`, { headers, signal: gone.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  const told: string[] = [];
  async function next(name: string): Promise<Record<string, unknown>> {
    for (;;) {
      const end = rest.indexOf('\n\n');
      if (end >= 0) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/s.exec(rest.slice(0, end)) ?? [];
        rest = rest.slice(end + 2);
        if (event !== undefined) told.push(event);
        if (event === name) return JSON.parse(data ?? '') as Record<string, unknown>;
        continue;
      }
      const piece = await reader?.read();
      if (piece === undefined || piece.done) throw new Error('the stream has ended');
      rest += piece.value;
    }
  }
  return {
    response,
    /** The data of the next event of that name; what comes before it is passed over. */
    next,
    /** The names of all events so far. */
    told,
    leave: () => gone.abort(),
  };
}

test('who listens is told of the progress of jobs, of alerts and of the end of a backup', async (t) => {
  const { server, client, script, alerts } = await openScriptedApi(t);
  const held = Promise.withResolvers<void>();
  script.hold = held.promise;
  const { response, next } = await listen(t, server.url, { authorization: `Bearer ${READER}` });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  assert.equal((await next('status'))['running'], null);
  await client.call('POST', '/api/backup/create');
  assert.equal((await next('job'))['progress'], null, 'that it began, before it gets anywhere');
  assert.equal(((await next('job'))['progress'] as { stage: string }).stage, 'compressing');
  assert.equal(((await next('status'))['running'] as { what: string }).what, 'backup');
  alerts.push({ key: 'volume', severity: 'warning', words: { en: 'Full.', ja: '満杯。' }, since: 0 });
  assert.equal(((await next('status'))['alerts'] as unknown[]).length, 1);
  assert.deepEqual(await next('alerts'), {
    open: [
      { key: 'volume', severity: 'warning', words: { en: 'Full.', ja: '満杯。' }, since: '1970-01-01T00:00:00.000Z' },
    ],
    recent: [],
  });
  held.resolve();
  assert.equal((await next('job'))['state'], 'done');
  assert.ok(await next('backups'));
});

test('the log goes to operators only', async (t) => {
  const api = await openScriptedApi(t);
  const { server, client } = api;
  const operator = await listen(t, server.url, { authorization: `Bearer ${OPERATOR}` });
  const reader = await listen(t, server.url, { authorization: `Bearer ${READER}` });
  api.say({ level: 'info', text: 'Something happened' });
  assert.equal((await operator.next('log'))['text'], 'Something happened');
  await client.call('POST', '/api/backup/create');
  await reader.next('job'); // which began after that line
  assert.ok(!reader.told.includes('log'));
});

test('without a token nobody listens, and a stream ends when its log-in does', async (t) => {
  const { server, client } = await openScriptedApi(t);
  assert.equal((await fetch(`${server.url}/api/events`)).status, 401);
  const own = { 'x-requested-with': 'nescordbot' };
  const login = await client.call('POST', '/login', { token: null, body: { token: OPERATOR }, headers: own });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const { next } = await listen(t, server.url, { cookie });
  await next('status');
  await client.call('POST', '/logout', { token: null, headers: { ...own, cookie } });
  await assert.rejects(next('never'), /has ended/);
});

test('a token that listens more often than it may is refused, others are not, and one that leaves makes room', async (t) => {
  const { server } = await openScriptedApi(t);
  const headers = { authorization: `Bearer ${READER}` };
  const listeners = await Promise.all(Array.from({ length: 20 }, () => listen(t, server.url, headers)));
  const operator = await listen(t, server.url, { authorization: `Bearer ${OPERATOR}` });
  assert.equal(operator.response.status, 200);
  const refused = await fetch(`${server.url}/api/events`, { headers });
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('retry-after'), '10');
  listeners[0]?.leave();
  for (;;) {
    const again = await listen(t, server.url, headers);
    if (again.response.status === 200) break;
  }
});

test('a listener that does not read is let go before it takes up memory', async (t) => {
  const { server } = await openScriptedApi(t);
  assert.ok(server);
  const lines = new Set<(line: { at: number; level: string; text: string }) => void>();
  const parts = {
    backups: () => ({ running: () => null }),
    health: { status: () => ({ parts: [], freeBytes: null }) },
    alerts: () => [],
    recentAlerts: () => [],
    clock: () => 0,
    jobs: createJobs<JobResultView>({ clock: () => 0, randomId: () => 'x' }),
    logTail: {
      lines: () => [],
      onLine(listener: (line: { at: number; level: string; text: string }) => void) {
        lines.add(listener);
        return () => lines.delete(listener);
      },
    },
  };
  const events = createEvents(parts as never, { mostWaitingBytes: 10_000 });
  t.after(() => events.close());
  const stream = events.open({ caller: { name: 'ops', scope: 'operate' }, isStillIn: () => true });
  for (let count = 0; count < 100; count += 1)
    for (const tell of lines) tell({ at: 0, level: 'info', text: 'x'.repeat(1000) });
  assert.equal(stream.destroyed, true);
  assert.ok(stream.readableLength < 20_000);
});

test('a defect in what is told is logged, once for all looks that meet it', async (t) => {
  const jobs = createJobs<JobResultView>({ clock: () => 0, randomId: randomUUID });
  const logged: string[] = [];
  let looks = 0;
  const parts = {
    backups: () => ({ running: () => null }),
    health: {
      status() {
        looks += 1;
        throw new TypeError('it has no name');
      },
    },
    jobs,
    log: { error: (message: string) => void logged.push(message) },
    logTail: { lines: () => [], onLine: () => () => undefined },
  };
  const events = createEvents(parts as never);
  t.after(() => events.close());
  const caller = { name: 'ops', scope: 'operate' } as const;
  events.open({ caller, isStillIn: () => true });
  for (let count = 0; count < 2; count += 1) {
    const ended = Promise.withResolvers<void>();
    const stop = jobs.onChange(({ state }) => state !== 'running' && ended.resolve());
    jobs.start({ kind: 'sync', backup: null, caller, key: null, work: () => Promise.reject(new Error('no matter')) });
    await ended.promise;
    stop();
  }
  assert.ok(looks >= 3);
  assert.deepEqual(logged, ['The state cannot be told to those who listen']);
});
