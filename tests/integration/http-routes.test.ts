import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { OPERATOR, openScriptedApi, READER } from '../support/scripted-api.ts';

const NAME = 'nescordbot_backup_20261120_020000';
const type = (slug: string): string => `urn:problem-type:nescordbot:${slug}`;

test('a backup is made, followed and listed; the second of two asked for at once is refused with what runs', async (t) => {
  const { client, script, audits } = await openScriptedApi(t);
  const held = Promise.withResolvers<void>();
  script.hold = held.promise;
  const first = await client.call('POST', '/api/backup/create', { body: { reason: 'before the clean-up' } });
  assert.equal(first.status, 202);
  const href = first.headers.get('location') ?? '';
  assert.equal(href, first.body['href']);
  const second = await client.call('POST', '/api/backup/create');
  assert.equal(second.status, 409);
  assert.equal(second.body['type'], type('job-running'));
  assert.equal(second.body['href'], href);
  assert.deepEqual(second.body['running'], {
    what: 'backup',
    stage: 'compressing',
    doneBytes: 318_000_000,
    totalBytes: 512_000_000,
  });
  assert.equal((await client.call('POST', '/api/backup/verify', { body: { name: NAME } })).status, 409);
  assert.deepEqual((await client.call('GET', href)).body['progress'], {
    stage: 'compressing',
    doneBytes: 318_000_000,
    totalBytes: 512_000_000,
  });
  held.resolve();
  const done = await client.follow(href);
  assert.equal(done['state'], 'done');
  const { backup } = done['result'] as { backup: { name: string; reason: string; by: string } };
  assert.equal(backup.reason, 'before the clean-up');
  assert.equal(backup.by, 'ops');
  assert.equal((await client.call('GET', '/api/backup/history')).body['total'], 3);
  assert.deepEqual(audits.at(-1), { action: 'backup', by: 'api:ops', backup: backup.name, outcome: 'done' });
});

test('the same Idempotency-Key means the same job, and only for the same token', async (t) => {
  const { client, script } = await openScriptedApi(t);
  const create = () => client.call('POST', '/api/backup/create', { headers: { 'idempotency-key': 'deploy-17' } });
  const first = await create();
  const again = await create();
  assert.equal(again.status, 202);
  assert.equal(again.body['id'], first.body['id']);
  await client.follow(String(first.body['href']));
  assert.equal((await create()).body['id'], first.body['id']);
  assert.equal(script.calls.length, 1);
});

test('a restore needs the word that its preview gave, once, from the same token, for the same backup, in time', async (t) => {
  const api = await openScriptedApi(t);
  const { client, script, audits } = api;
  const preview = async () => String((await client.call('POST', `/api/backup/${NAME}/preview`)).body['confirm']);
  const restore = (confirm: string, name = NAME) =>
    client.call('POST', '/api/backup/restore', { body: { name, confirm } });

  assert.equal((await restore('made-up')).status, 409);
  const other = await preview();
  assert.equal((await restore(other, 'nescordbot_backup_20261119_020000')).status, 409);
  const late = await preview();
  api.pass(5 * 60_000 + 1);
  assert.equal((await restore(late)).status, 409);
  assert.deepEqual(
    script.calls.filter((call) => call.startsWith('restore')),
    [],
  );

  const confirm = await preview();
  const begun = await restore(confirm);
  assert.equal(begun.status, 202);
  const done = await client.follow(String(begun.body['href']));
  assert.equal(done['state'], 'done');
  assert.equal((await restore(confirm)).status, 409);
  assert.deepEqual(
    script.calls.filter((call) => call.startsWith('restore')),
    [`restore ${NAME} by api:ops`],
  );
  const outcomes = audits.filter(({ action }) => action === 'restore').map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, [
    'refused',
    'asked',
    'refused',
    'asked',
    'refused',
    'asked',
    'confirmed',
    'done',
    'refused',
  ]);
});

test('a job that fails says why in its record, and defects only to the log', async (t) => {
  const { client, script } = await openScriptedApi(t);
  script.hold = Promise.reject(new TypeError('the password is hunter2'));
  script.hold.catch(() => undefined);
  const { body } = await client.call('POST', '/api/backup/create');
  const failed = await client.follow(String(body['href']));
  assert.equal(failed['state'], 'failed');
  assert.equal((failed['problem'] as { type: string }).type, type('internal'));
  assert.ok(!JSON.stringify(failed).includes('hunter2'));
});

test('everything goes on while a backup is being restored; what needs the knowledge base says that it is busy', async (t) => {
  const api = await openScriptedApi(t);
  api.restoring = true;
  const { client } = api;
  for (const path of ['/api/backup/history', '/api/backup/status', '/api/overview', '/metrics', '/api/session'])
    assert.equal((await client.call('GET', path)).status, 200, path);
  for (const path of ['/api/knowledge', '/api/knowledge/search?q=x', '/api/knowledge/1']) {
    const { status, body, headers } = await client.call('GET', path);
    assert.equal(status, 503, path);
    assert.equal(body['type'], type('busy'));
    assert.equal(headers.get('retry-after'), '60');
  }
});

test('names that lead elsewhere, bodies that are too large, deep, or not as described, and wrong methods are refused', async (t) => {
  const { client, server, defects } = await openScriptedApi(t);
  const names = [
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e',
    `${NAME}%00`,
    `${NAME}.tar.zst`,
    'x'.repeat(90),
    `${NAME}%0d%0aX: y`,
    '%ff',
  ];
  for (const name of names) {
    const { status } = await client.call('GET', `/api/backup/${name}/download`);
    assert.ok([400, 404].includes(status), `${name}: ${status}`);
  }
  assert.equal((await client.call('GET', `/api/backup/${'9'.repeat(9_000)}`)).status, 414);
  const bodies: [unknown, number][] = [
    [{ dryrun: true }, 400],
    [{}, 400],
    [[], 400],
    ['cleanup', 400],
    [{ dryRun: 'perhaps' }, 400],
    [{ dryRun: true, padding: 'x'.repeat(100_000) }, 413],
  ];
  for (const [body, expected] of bodies)
    assert.equal(
      (await client.call('POST', '/api/backup/cleanup', { body })).status,
      expected,
      JSON.stringify(body).slice(0, 40),
    );
  const raw = (body: string, contentType = 'application/json') =>
    client.call('POST', '/api/backup/cleanup', { body: Buffer.from(body), headers: { 'content-type': contentType } });
  assert.equal((await raw('{"dryRun":')).status, 400);
  assert.equal((await raw(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`)).status, 400);
  assert.equal((await raw('{"__proto__":{"dryRun":true}}')).status, 400);
  assert.equal((await raw('a=b', 'application/x-www-form-urlencoded')).status, 415);

  const wrong = await client.call('PUT', '/api/backup/create');
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get('allow'), 'OPTIONS, POST');
  assert.equal((await fetch(`${server.url}/api/backup/history`, { method: 'OPTIONS' })).status, 204);
  const head = await fetch(`${server.url}/api/overview`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${OPERATOR}` },
  });
  assert.deepEqual([head.status, await head.text()], [200, '']);
  assert.equal((await client.call('HEAD', '/api/events')).status, 405);
  assert.deepEqual(defects, []);
});

test('a document that is too large, or no text, is refused; one that is right is taught and can be forgotten', async (t) => {
  const { client, audits } = await openScriptedApi(t);
  const file = (bytes: number) => ({ body: Buffer.alloc(bytes, 'a'), headers: { 'content-type': 'text/markdown' } });
  assert.equal((await client.call('POST', '/api/knowledge/file?name=rules.md', file(100_001))).status, 413);
  const text = 'ü'.repeat(60_000);
  assert.equal((await client.call('POST', '/api/knowledge', { body: { title: 'Large', text } })).status, 413);
  const added = await client.call('POST', '/api/knowledge/file?name=rules.md&url=https://example.org/', file(1000));
  assert.equal(added.status, 202);
  assert.equal(added.headers.get('location'), '/api/jobs/knowledge-1');
  assert.equal((await client.follow('/api/jobs/knowledge-1'))['state'], 'done');
  assert.equal((added.body['document'] as { title: string }).title, 'rules');
  assert.equal((await client.call('DELETE', '/api/knowledge/1')).status, 200);
  assert.equal((await client.call('DELETE', '/api/knowledge/1')).status, 404);
  assert.equal((await client.call('POST', '/api/knowledge/file?name=x&url=javascript:alert(1)', file(10))).status, 400);
  assert.deepEqual(
    audits.map(({ action, outcome }) => `${action} ${outcome}`),
    ['knowledge add done', 'knowledge remove done', 'knowledge remove refused'],
  );
});

test('a question that nobody waits for any more is ended', async (t) => {
  const { server, client } = await openScriptedApi(t);
  const gone = new AbortController();
  const asked = fetch(`${server.url}/api/knowledge/ask`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
    body: JSON.stringify({ question: 'hang' }),
    signal: gone.signal,
  });
  setTimeout(() => gone.abort(), 50);
  await assert.rejects(asked);
  const answered = await client.call('POST', '/api/knowledge/ask', { body: { question: 'Why?', language: 'ja' } });
  assert.equal(answered.status, 200);
  assert.match(
    (await client.call('GET', '/metrics')).text,
    /nescordbot_questions_total\{outcome="answered",rung="full"\} 1/,
  );
});

test('the overview says at a glance what can be restored, how fast, and what would be lost, per copy', async (t) => {
  const { client, vaults, alerts, script } = await openScriptedApi(t);
  vaults.push({
    name: 's3',
    label: 'S3 bot-backups',
    backups: ['nescordbot_backup_20261119_020000'],
    usedBytes: 141_000_000,
    limitBytes: null,
    problem: null,
    pending: 0,
    behindSince: null,
    lastSuccessAt: null,
    fullInDays: null,
  });
  alerts.push({
    key: 'backup:failed',
    severity: 'critical',
    words: { en: 'It failed.', ja: '失敗しました。' },
    since: 0,
  });
  const [newest] = script.entries;
  assert.ok(newest?.sidecar);
  const drilled = { at: newest.createdAt + 60_000, ok: true, durationMs: 41_000, problems: [] };
  script.entries[0] = { ...newest, sidecar: { ...newest.sidecar, drilled } };
  const { body } = await client.call('GET', '/api/overview');
  assert.deepEqual(body['restorable'], {
    ok: true,
    newest: newest.name,
    drilledAt: '2026-11-20T02:01:00.000Z',
    rtoMs: 41_000,
    rpoMs: 3_600_000,
  });
  const copies = body['copies'] as { name: string; rpoMs: number }[];
  assert.deepEqual(
    copies.map(({ name, rpoMs }) => [name, rpoMs]),
    [
      ['local', 3_600_000],
      ['s3', 25 * 3_600_000],
    ],
  );
  const backups = body['backups'] as { copies: string[] }[];
  assert.deepEqual(
    backups.map((one) => one.copies),
    [[], ['s3']],
  );
  const questions = body['questions'] as { days: unknown[]; totals: { questions: number } };
  assert.equal(questions.days.length, 30);
  assert.equal(questions.totals.questions, 60);
});

test('callers that send a byte at a time, or garbage, do not disturb the others', async (t) => {
  const { server, client, defects } = await openScriptedApi(t);
  const sockets = Array.from({ length: 50 }, () => connect(server.port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const [index, socket] of sockets.entries()) {
    socket.on('error', () => undefined);
    if (index % 2 === 0) socket.write('POST /api/knowledge HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{');
    else socket.write('\0\0 garbage \r\n\r\n');
  }
  assert.equal((await client.call('GET', '/api/session', { token: READER })).status, 200);
  for (const socket of sockets) socket.destroy();
  assert.deepEqual(defects, []);
});

test('whatever is sent, the API answers with a problem of the caller, never with a defect', async (t) => {
  const { client, defects } = await openScriptedApi(t);
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 0x7fffffff) % below;
  const pieces = [
    '',
    '..',
    '%2e%2e%2f',
    '%00',
    'é',
    '𝕏',
    '<x>',
    '"',
    "'",
    '-1',
    '1e309',
    'null',
    NAME,
    '123456789012345678',
  ];
  const values = [null, true, -1, 1e308, '', 'x', [], {}, [null], { dryRun: 1 }, NAME, '\u0000', '\ud800'];
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const operations = Object.entries(client.document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method })),
  );
  const streams = new Set(['/api/events']);
  for (let round = 0; round < 300; round += 1) {
    const { path, method } = pick(operations);
    if (streams.has(path)) continue;
    const url = path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(pick(pieces)).replaceAll('%25', '%') || 'x');
    const query =
      random(2) === 0
        ? ''
        : `?${pick(['limit', 'guild', 'q', 'name', 'offset', 'zz'])}=${encodeURIComponent(pick(pieces))}`;
    const body = Object.fromEntries(
      [
        'name',
        'confirm',
        'title',
        'text',
        'question',
        'rule',
        'dryRun',
        'token',
        'guild',
        'drill',
        'reason',
        'enabled',
        'timeZone',
      ]
        .filter(() => random(3) === 0)
        .map((key) => [key, pick(values)]),
    );
    const hasBody = method !== 'get' && random(4) > 0;
    const { status, text } = await client.call(method.toUpperCase(), url + query, hasBody ? { body } : {});
    assert.ok(status < 500, `${method} ${url}${query} ${JSON.stringify(body)}: ${status} ${text}`);
  }
  assert.deepEqual(defects, []);
});
