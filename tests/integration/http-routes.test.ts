import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fuzzRequests } from '../support/api-fuzz.ts';
import { BACKUP_TIME } from '../support/fake-backups.ts';
import { recordedQuestion } from '../support/recorded-question.ts';
import { GUILD, OPERATOR, openScriptedApi, READER } from '../support/scripted-api.ts';

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
  for (const path of ['/api/backup/sync', '/api/integrity/check']) {
    const other = await client.call('POST', path, { headers: { 'idempotency-key': 'deploy-17' } });
    assert.equal(other.status, 409, 'nobody is told that something else was begun');
  }
  const verify = (name: string) =>
    client.call('POST', '/api/backup/verify', { body: { name }, headers: { 'idempotency-key': 'verify-17' } });
  const verified = await verify(NAME);
  await client.follow(String(verified.body['href']));
  assert.equal((await verify(NAME)).body['id'], verified.body['id']);
  assert.equal((await verify('nescordbot_backup_20261119_020000')).status, 409, 'nor of another backup');
  const calls = script.calls.length;
  const long = { 'idempotency-key': 'k'.repeat(201) };
  assert.equal((await client.call('POST', '/api/backup/create', { headers: long })).status, 400);
  assert.equal(script.calls.length, calls);
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

  for (const path of ['/api/knowledge?offset=1e308', '/api/backup/history?offset=1e308', '/api/knowledge/1e308'])
    assert.equal((await client.call('GET', path)).status, 400, path);

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
  const page = Buffer.from('---\ntitle: >-\n  Ferries\n  in winter\n---\nThe ferry leaves at 07:35.');
  const untitled = await client.call('POST', '/api/knowledge/file?name=ferry.md', { ...file(1), body: page });
  const written = await client.call('POST', '/api/knowledge', { body: { text: '# Pet rules\n\nNo dogs.' } });
  const named = await client.call('POST', '/api/knowledge', { body: { title: 'Mine', text: '# Other\n\nNo cats.' } });
  const titles = [untitled, written, named].map(({ body }) => (body['document'] as { title: string }).title);
  assert.deepEqual(titles, ['Ferries in winter', 'Pet rules', 'Mine']);
  await client.follow((named.body['job'] as { href: string }).href);
  const search = async (words: string) => (await client.call('GET', `/api/knowledge/search?q=${words}`)).body;
  assert.equal(((await search('cats'))['passages'] as { title: string }[])[0]?.title, 'Mine');
  assert.deepEqual((await search('zzz+qqq'))['passages'], []);
  assert.equal((await client.call('DELETE', '/api/knowledge/1')).status, 200);
  assert.equal((await client.call('DELETE', '/api/knowledge/1')).status, 404);
  assert.equal((await client.call('POST', '/api/knowledge/file?name=x&url=javascript:alert(1)', file(10))).status, 400);
  assert.deepEqual(
    audits.map(({ action, outcome }) => `${action} ${outcome}`),
    [...Array<string>(4).fill('knowledge add done'), 'knowledge remove done', 'knowledge remove refused'],
  );
});

test('an unanswered question is dismissed, gone from the overview at once, and brought back', async (t) => {
  const { client, audits, store } = await openScriptedApi(t);
  store.history.recordQuestion(recordedQuestion({ guildId: GUILD, outcome: 'refused', askedAt: BACKUP_TIME }));
  const listed = async () => {
    const { body } = await client.call('GET', '/api/overview');
    return (body['questions'] as { unanswered: { id: string; guild: string }[] }).unanswered;
  };
  const [why] = await listed();
  assert.ok(why);
  const call = (path: string) =>
    client.call('POST', `/api/knowledge/unanswered/${path}`, { body: { guild: why.guild, id: why.id } });
  assert.equal((await call('dismiss')).status, 204);
  assert.deepEqual(await listed(), []);
  assert.equal((await call('bring-back')).status, 204);
  assert.deepEqual(await listed(), [why]);
  assert.deepEqual(
    audits.map(({ action, outcome }) => `${action} ${outcome}`),
    ['unanswered dismiss done', 'unanswered bring-back done'],
  );
  assert.equal((await client.call('POST', '/api/knowledge/unanswered/dismiss', { body: { id: 'Why?' } })).status, 400);
});

test('a question that nobody waits for any more is ended', async (t) => {
  const { server, client, answers } = await openScriptedApi(t);
  const gone = new AbortController();
  const fetched = fetch(`${server.url}/api/knowledge/ask`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
    body: JSON.stringify({ question: 'hang' }),
    signal: gone.signal,
  });
  const refused = assert.rejects(fetched);
  let signal: AbortSignal | undefined;
  for (; signal === undefined; signal = answers.asked[0]?.signal) await setImmediate();
  assert.equal(signal.aborted, false);
  gone.abort();
  await refused;
  if (!signal.aborted) await once(signal, 'abort');
  const answered = await client.call('POST', '/api/knowledge/ask', { body: { question: 'Why?', language: 'ja' } });
  assert.equal(answered.status, 200);
  assert.match(
    (await client.call('GET', '/metrics')).text,
    /nescordbot_questions_total\{outcome="answered",rung="full"\} 1/,
  );
});

test('the overview says at a glance what can be restored, how fast, and what would be lost, per copy', async (t) => {
  const { client, vaults, alerts, script, store } = await openScriptedApi(t);
  for (const [daysAgo, outcome] of [
    [0, 'answered'],
    [2, 'refused'],
    [40, 'answered'],
  ] as const)
    // prettier-ignore
    store.history.recordQuestion(recordedQuestion({ outcome, askedAt: BACKUP_TIME - daysAgo * 86_400_000 }));
  vaults.push({
    name: 's3',
    label: 'S3 bot-backups',
    backups: ['nescordbot_backup_20261119_020000'],
    others: [],
    newest: 'nescordbot_backup_20261119_020000',
    usedBytes: 141_000_000,
    limitBytes: null,
    problem: null,
    pending: 0,
    behindSince: Date.UTC(2026, 10, 19, 2),
    lastSuccessAt: null,
    fullInDays: null,
    rotten: 0,
    readBackAt: null,
    oldestReadBackAt: null,
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
    behindSince: '2026-11-20T02:00:00.000Z',
    talkBehind: 0,
  });
  const copies = body['copies'] as { name: string; rpoMs: number }[];
  assert.deepEqual(
    copies.map(({ name, rpoMs }) => [name, rpoMs]),
    [
      ['local', 3_600_000],
      ['s3', 25 * 3_600_000],
    ],
  );
  script.entries[0] = { ...newest, createdAt: newest.createdAt + 400 * 86_400_000 };
  const later = (await client.call('GET', '/api/overview')).body['restorable'] as { rpoMs: number | null };
  assert.equal(later.rpoMs, null, 'dated ahead of the clock, so that nobody can tell, and not as good as nothing');
  const backups = body['backups'] as { copies: string[] }[];
  assert.deepEqual(
    backups.map((one) => one.copies),
    [[], ['s3']],
  );
  const { days, totals } = body['questions'] as { days: { questions: number }[]; totals: Record<string, number> };
  assert.equal(days.length, 30);
  assert.deepEqual(days.slice(-3).map(({ questions }) => questions), [1, 0, 1]); // prettier-ignore
  assert.deepEqual([totals['questions'], totals['answered'], totals['refused']], [2, 1, 1]);
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

test('what is not said is not taken for no: null and 0 neither remove backups nor stop the schedule', async (t) => {
  const { client, script } = await openScriptedApi(t);
  for (const no of [null, 0, '', 'false']) {
    const bodies = [
      ['/api/backup/cleanup', { dryRun: no }],
      ['/api/backup/scheduler/configure', { enabled: no }],
      ['/api/backup/verify', { name: NAME, drill: no }],
    ] as const;
    for (const [path, body] of bodies)
      assert.equal((await client.call('POST', path, { body })).status, 400, `${path} ${JSON.stringify(body)}`);
  }
  assert.deepEqual(script.calls, []);
  assert.equal(script.schedule.current().enabled, true);
});

test('what a page is refused for is said in both languages', async (t) => {
  const { client, script } = await openScriptedApi(t);
  script.hold = Promise.withResolvers<void>().promise;
  await client.call('POST', '/api/backup/create');
  const refused = [
    await client.call('POST', '/api/backup/create'),
    await client.call('POST', '/api/backup/restore', { body: { name: NAME, confirm: 'x' } }),
    await client.call('POST', '/api/backup/sync', { token: READER }),
  ];
  for (const { status, body } of refused) {
    assert.ok(status >= 400, String(status));
    const { en, ja } = body['words'] as Record<string, string>;
    assert.equal(en, body['detail']);
    assert.match(ja ?? '', /[ぁ-ん]/);
  }
});

test('an address that leads nowhere is answered with the same guards as all others', async (t) => {
  const { client } = await openScriptedApi(t);
  for (const [method, path, expected] of [
    ['GET', '/%3Cscript%3E', 404],
    ['GET', '/login', 405],
  ] as const) {
    const { status, headers } = await client.call(method, path);
    assert.equal(status, expected);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
  }
});

test('whatever is sent to whichever operation, the API answers as documented, and never with a defect', async (t) => {
  const seed = Number(process.env['API_FUZZ_SEED'] ?? 20_261_121);
  t.diagnostic(`API_FUZZ_SEED=${seed}`);
  const { client, defects, script, server } = await openScriptedApi(t);
  const [kept] = script.entries;
  assert.ok(kept);
  const tried = new Map<string, number[]>();
  const known = { backup: NAME, guild: GUILD };
  for (const request of fuzzRequests(client.document, { seed, times: 12, known })) {
    const { method, template, path, headers, body } = request;
    if (script.entries.every(({ name }) => name !== NAME)) script.entries.push(kept);
    script.entries.length = Math.min(script.entries.length, 5);
    const operation = `${method} ${template}`;
    const status =
      template === '/api/events'
        ? await opened(`${server.url}${path}`, headers)
        : (await client.call(method, path, { headers, ...(body === null ? {} : { body: Buffer.from(body) }) })).status;
    assert.ok(status < 500, `seed ${seed}: ${status} for ${JSON.stringify(request).slice(0, 2_000)}`);
    tried.set(operation, [...(tried.get(operation) ?? []), status]);
  }
  const operations = Object.entries(client.document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  assert.deepEqual([...tried.keys()].sort(), operations.sort(), 'every operation was tried');
  for (const added of ['POST /api/backup/sync', 'POST /api/integrity/check', 'GET /api/audit', 'GET /api/settings'])
    assert.ok(tried.has(added), added);
  const reached = [...tried].filter(([, statuses]) => statuses.some((status) => status < 300)).length;
  assert.ok(reached > operations.length * 0.8, `only ${reached} of ${operations.length} came through to the work`);
  assert.deepEqual(defects, []);
});

/** A stream has no end to wait for. */
async function opened(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${OPERATOR}`, ...headers } });
  await response.body?.cancel();
  return response.status;
}
