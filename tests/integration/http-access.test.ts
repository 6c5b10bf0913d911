import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessions } from '../../src/http/sessions.ts';
import { createTokens } from '../../src/http/tokens.ts';
import { OPERATOR, openScriptedApi, READER } from '../support/scripted-api.ts';

const OWN_PAGE = { 'x-requested-with': 'nescordbot', 'sec-fetch-site': 'same-origin' };
const cookieOf = (headers: Headers): string => headers.get('set-cookie')?.split(';')[0] ?? '';

test('without a token there is no API: only the health checks exist', async (t) => {
  const { server } = await openScriptedApi(t, { tokens: [] });
  const paths = ['/api/overview', '/api/backup/history', '/metrics', '/api/docs', '/api/openapi.json', '/api/events'];
  for (const path of paths) assert.equal((await fetch(server.url + path)).status, 404, path);
  assert.equal((await fetch(`${server.url}/login`, { method: 'POST' })).status, 404);
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
});

test('every route says in the document that it needs a token, and lets nobody in without', async (t) => {
  const { client, defects, server } = await openScriptedApi(t);
  const operations = Object.entries(client.document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
  );
  assert.ok(operations.length >= 30, `only ${operations.length} routes`);
  for (const { path, method } of operations) {
    if (path === '/login' || path === '/logout') continue;
    const url = server.url + path.replace('{name}', 'nescordbot_backup_20261120_020000').replace('{id}', '1');
    for (const authorization of [undefined, 'Bearer', 'Bearer wrong', `Basic ${OPERATOR}`, `Bearer ${OPERATOR}x`]) {
      const response = await fetch(url, { method, headers: authorization === undefined ? {} : { authorization } });
      assert.ok([401, 429].includes(response.status), `${method} ${path}: ${response.status}`);
      assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
    }
  }
  assert.deepEqual(defects, []);
});

test('a token of the scope read changes nothing and downloads nothing, and the attempt is recorded', async (t) => {
  const { client, audits, script } = await openScriptedApi(t);
  const name = 'nescordbot_backup_20261120_020000';
  const refused = [
    ['POST', '/api/backup/create'],
    ['POST', '/api/backup/scheduler/stop'],
    ['GET', `/api/backup/${name}/download`],
    ['DELETE', `/api/backup/${name}`],
    ['DELETE', '/api/knowledge/1'],
    ['GET', '/api/log'],
  ] as const;
  for (const [method, path] of refused) {
    const { status, body } = await client.call(method, path, { token: READER });
    assert.equal(status, 403, path);
    assert.equal(body['type'], 'urn:problem-type:nescordbot:forbidden');
  }
  assert.deepEqual(script.calls, []);
  assert.deepEqual(new Set(audits.map(({ outcome, by }) => `${outcome} ${by}`)), new Set(['denied api:grafana']));
  assert.equal((await client.call('GET', '/api/backup/history', { token: READER })).status, 200);
  assert.equal((await client.call('GET', '/metrics', { token: READER })).status, 200);
});

test('who fails too often is told to wait; a right token is let in all the same, and the log is not flooded', async (t) => {
  const { client, audits } = await openScriptedApi(t);
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { status, headers } = await client.call('GET', '/api/session', { token: `wrong-${attempt}` });
    statuses.push(status);
    if (status === 429) assert.ok(Number(headers.get('retry-after')) > 0);
  }
  assert.deepEqual(statuses.slice(0, 10), Array(10).fill(401));
  assert.deepEqual(new Set(statuses.slice(10)), new Set([429]));
  assert.equal(audits.length, 10);
  assert.ok(!JSON.stringify(audits).includes('wrong-'));
  assert.equal((await client.call('GET', '/api/session')).status, 200);
});

test('the address that failed is the one a trusted proxy names, and nobody else can name one', async (t) => {
  const fail = async ({ client }: Awaited<ReturnType<typeof openScriptedApi>>, forwarded: string) =>
    (await client.call('GET', '/api/session', { token: 'wrong', headers: { 'x-forwarded-for': forwarded } })).status;
  const trusting = await openScriptedApi(t, { trustedProxies: 1 });
  for (let attempt = 0; attempt < 11; attempt += 1) await fail(trusting, '203.0.113.1');
  assert.equal(await fail(trusting, '203.0.113.1'), 429);
  assert.equal(await fail(trusting, '203.0.113.2'), 401);
  assert.equal(await fail(trusting, '198.51.100.9, 203.0.113.1'), 429, 'what the caller itself wrote does not count');
  for (let attempt = 0; attempt < 11; attempt += 1) await fail(trusting, `2001:db8::${attempt + 1}`);
  assert.equal(await fail(trusting, '2001:db8:0:0:ffff::1'), 429, 'one caller has all addresses of a network');
  assert.equal(await fail(trusting, '2001:db8:0:1::1'), 401);
  const direct = await openScriptedApi(t);
  for (let attempt = 0; attempt < 11; attempt += 1) await fail(direct, `203.0.113.${attempt}`);
  assert.equal(await fail(direct, '203.0.113.99'), 429);
});

test('a token has so many requests a minute, and others are not held up by it', async (t) => {
  const { client } = await openScriptedApi(t, { requestsPerMinute: 10 });
  const statuses: number[] = [];
  for (let count = 0; count < 12; count += 1) statuses.push((await client.call('GET', '/api/session')).status);
  assert.deepEqual(statuses, [...Array<number>(10).fill(200), 429, 429]);
  assert.equal((await client.call('GET', '/api/session', { token: READER })).status, 200);
});

test('logging in gives a cookie that no script can read; it opens the API for our own page only, until logging out', async (t) => {
  const { client, audits } = await openScriptedApi(t);
  const login = await client.call('POST', '/login', { token: null, body: { token: OPERATOR }, headers: OWN_PAGE });
  assert.equal(login.status, 200);
  assert.equal(login.body['scope'], 'operate');
  const attributes = login.headers.get('set-cookie') ?? '';
  for (const part of [/HttpOnly/, /SameSite=Strict/, /Path=\//, /Max-Age=604800/]) assert.match(attributes, part);
  assert.doesNotMatch(attributes, /Secure|Expires/);
  assert.ok(!attributes.includes(OPERATOR));
  const cookie = cookieOf(login.headers);
  const withCookie = (headers: Record<string, string>) => ({ token: null, headers: { cookie, ...headers } });

  assert.equal((await client.call('GET', '/api/session', withCookie({}))).status, 200);
  assert.equal((await client.call('POST', '/api/backup/scheduler/start', withCookie(OWN_PAGE))).status, 200);
  const others: Record<string, string>[] = [
    {},
    { 'sec-fetch-site': 'same-origin' },
    { ...OWN_PAGE, 'sec-fetch-site': 'cross-site' },
    { ...OWN_PAGE, 'sec-fetch-site': 'same-site' },
    { 'x-requested-with': 'nescordbot', origin: 'https://evil.example' },
    { 'x-requested-with': 'nescordbot', origin: 'null' },
  ];
  for (const headers of others)
    assert.equal((await client.call('POST', '/api/backup/scheduler/start', withCookie(headers))).status, 403);
  assert.equal((await client.call('GET', '/api/session', withCookie({ 'sec-fetch-site': 'cross-site' }))).status, 403);

  assert.equal((await client.call('POST', '/logout', withCookie(OWN_PAGE))).status, 204);
  assert.equal((await client.call('GET', '/api/session', withCookie({}))).status, 401);
  const loggedIn = audits.filter(({ action, outcome }) => action === 'log in' && outcome === 'done');
  assert.ok(loggedIn.some(({ by }) => by === 'dashboard:ops'));
});

test('nobody is logged in from another page, or with a wrong token, or twice in one cookie', async (t) => {
  const { client } = await openScriptedApi(t);
  const login = (headers: Record<string, string>, token: string = OPERATOR) =>
    client.call('POST', '/login', { token: null, body: { token }, headers });
  assert.equal((await login({})).status, 403);
  assert.equal((await login({ ...OWN_PAGE, 'sec-fetch-site': 'cross-site' })).status, 403);
  const wrong = await login(OWN_PAGE, 'x'.repeat(40));
  assert.equal(wrong.status, 401);
  assert.equal(wrong.headers.get('set-cookie'), null);
  const first = cookieOf((await login(OWN_PAGE)).headers);
  const second = cookieOf((await login({ ...OWN_PAGE, cookie: first })).headers);
  const status = async (cookie: string) =>
    (await client.call('GET', '/api/session', { token: null, headers: { cookie } })).status;
  assert.deepEqual([await status(first), await status(second)], [401, 200]);
});

test('behind https the cookie is for https only, whether a trusted proxy or the browser says so', async (t) => {
  const browser = await openScriptedApi(t);
  const said = await browser.client.call('POST', '/login', {
    token: null,
    body: { token: OPERATOR },
    headers: { ...OWN_PAGE, origin: 'https://bot.example' },
  });
  assert.match(said.headers.get('set-cookie') ?? '', /Secure/);
  const proxied = await openScriptedApi(t, { trustedProxies: 1 });
  const forwarded = await proxied.client.call('POST', '/login', {
    token: null,
    body: { token: OPERATOR },
    headers: { ...OWN_PAGE, 'x-forwarded-for': '203.0.113.1', 'x-forwarded-proto': 'https' },
  });
  assert.match(forwarded.headers.get('set-cookie') ?? '', /Secure/);
  assert.match(forwarded.headers.get('strict-transport-security') ?? '', /max-age/);
});

test('log-ins end after a week, after half a day unused, and at most a hundred are kept of all', () => {
  const HOUR_MS = 3_600_000;
  let now = 0;
  let last = 0;
  const sessions = createSessions({ clock: () => now, randomId: () => String((last += 1)) });
  const caller = { name: 'ops', scope: 'operate' } as const;
  const { id } = sessions.open(caller);
  for (now = 0; now < 7 * 24 * HOUR_MS; now += 11 * HOUR_MS) assert.ok(sessions.find(id), String(now));
  now = 7 * 24 * HOUR_MS;
  assert.equal(sessions.find(id), null);
  const idle = sessions.open(caller).id;
  now += 12 * HOUR_MS;
  assert.equal(sessions.find(idle), null);
  const kept = (ids: readonly string[]) => ids.filter((one) => sessions.find(one) !== null).length;
  const many = Array.from({ length: 150 }, (_, index) => sessions.open({ ...caller, name: `ops-${index}` }).id);
  assert.equal(kept(many), 100);
  assert.ok(sessions.find(many.at(-1) ?? ''));
});

test('whoever logs in again and again throws out nobody but themselves, and not for long', async (t) => {
  const { client } = await openScriptedApi(t, { requestsPerMinute: 30 });
  const login = (token: string) => client.call('POST', '/login', { token: null, body: { token }, headers: OWN_PAGE });
  const cookie = cookieOf((await login(OPERATOR)).headers);
  const statuses: number[] = [];
  for (let count = 0; count < 110; count += 1) statuses.push((await login(READER)).status);
  assert.deepEqual(statuses, [...Array<number>(30).fill(200), ...Array<number>(80).fill(429)]);
  assert.equal((await client.call('GET', '/api/session', { token: null, headers: { cookie } })).status, 200);
  const sessions = createSessions({ clock: () => 0, randomId: () => String(Math.random()) });
  const { id } = sessions.open({ name: 'ops', scope: 'operate' });
  for (let count = 0; count < 200; count += 1) sessions.open({ name: 'grafana', scope: 'read' });
  assert.ok(sessions.find(id));
});

test('tokens are told apart whole: no beginning, no other case, no other length', () => {
  const find = createTokens([
    { name: 'a', scope: 'read', token: OPERATOR },
    { name: 'b', scope: 'operate', token: READER },
  ]);
  assert.deepEqual(find(OPERATOR), { name: 'a', scope: 'read' });
  assert.deepEqual(find(READER), { name: 'b', scope: 'operate' });
  for (const wrong of ['', OPERATOR.slice(0, -1), `${OPERATOR} `, OPERATOR.toUpperCase(), 'x'.repeat(16_000)])
    assert.equal(find(wrong), null);
});

test('answers carry the headers that keep them out of frames, caches and other pages', async (t) => {
  const { client, server } = await openScriptedApi(t);
  const { headers } = await client.call('GET', '/api/overview', { headers: { origin: 'https://evil.example' } });
  assert.equal(headers.get('access-control-allow-origin'), null);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
  const page = await fetch(`${server.url}/api/docs`);
  const html = await page.text();
  assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'self'/);
  assert.doesNotMatch(html, /<script|style=|https?:\/\//);
  assert.match(html, /\/api\/backup\/create/);
});

test('texts of people reach the dashboard without what nobody sees or what turns the direction of writing', async (t) => {
  const api = await openScriptedApi(t);
  const { client, alerts, server } = api;
  const hidden = 'a\u202eb\u200bc\u2028d';
  alerts.push({ key: 'volume', severity: 'warning', words: { en: hidden, ja: hidden }, since: 0 });
  const gone = new AbortController();
  t.after(() => gone.abort());
  const headers = { authorization: `Bearer ${OPERATOR}` };
  const events = (await fetch(`${server.url}/api/events`, { headers, signal: gone.signal })).body?.getReader();
  api.say({ level: 'info', text: hidden });
  const { body, text } = await client.call('GET', '/api/overview');
  assert.deepEqual((body['alerts'] as { words: object }[])[0]?.words, { en: 'abc\nd', ja: 'abc\nd' });
  let told = '';
  while (!/event: log\n.*\n\n/.test(told)) {
    const piece = await events?.read();
    assert.ok(piece?.value, 'the stream has ended');
    told += Buffer.from(piece.value).toString();
  }
  for (const one of [text, told, (await client.call('GET', '/api/log')).text])
    assert.doesNotMatch(one, /[\u2028\u202e\u200b]/);
});
