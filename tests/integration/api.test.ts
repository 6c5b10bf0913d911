import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { fuzzRequests } from '../support/api-fuzz.ts';
import { createApiClient } from '../support/api-client.ts';
import { openTestApp } from '../support/app.ts';

const TOKEN = 'correct-horse-battery-staple-0123456789';
type Named = { readonly name: string };
type AuditPage = { readonly records: readonly Readonly<Record<string, string>>[]; readonly next: string };
type SettingsPage = { readonly settings: readonly Readonly<Record<string, unknown>>[] };

test('the whole bot through its API: teach, back up, rehearse, download, go back, undo, tidy up; all as documented', async (t) => {
  const lines: string[] = [];
  const note = (message: string, details?: object) => void lines.push(`${message} ${JSON.stringify(details ?? {})}`);
  const log = { debug: note, info: note, warn: note, error: note };
  const app = await openTestApp(t, {
    env: { API_TOKEN: TOKEN, API_REQUESTS_PER_MINUTE: '100000' },
    log,
    firstLesson: false,
  });
  const client = await createApiClient(app.origin, TOKEN);
  const get = async (path: string) => (await client.call('GET', path)).body;
  const post = async (path: string, body?: unknown, expected = 200) => {
    const reply = await client.call('POST', path, body === undefined ? {} : { body });
    assert.equal(reply.status, expected, `${path}: ${reply.text}`);
    return reply.body;
  };
  const job = async (path: string, body?: unknown) => {
    const done = await client.follow(String((await post(path, body, 202))['href']));
    assert.equal(done['state'], 'done', JSON.stringify(done));
    return done['result'] as Record<string, Named>;
  };
  const teach = async (title: string, text: string) => {
    const { job: indexing, document } = await post('/api/knowledge', { title, text }, 202);
    assert.equal((await client.follow((indexing as { href: string }).href))['state'], 'done');
    return (document as { id: number }).id;
  };

  const kept = await teach('Lighthouse', 'The lighthouse keeper feeds seven grey cats every evening at nine.');
  const added = await client.call('POST', '/api/knowledge/file?name=rules.md', {
    body: Buffer.from('# Rules\n\nBe kind.'),
    headers: { 'content-type': 'text/markdown' },
  });
  assert.equal(added.status, 202);
  await client.follow(String(added.headers.get('location')));
  const found = await get('/api/knowledge/search?q=lighthouse%20cats');
  assert.match(JSON.stringify(found['passages']), /seven grey cats/);
  assert.match(
    String((await post('/api/knowledge/ask', { question: 'How many cats does the lighthouse keeper feed?' }))['text']),
    /seven/,
  );
  await get(`/api/knowledge/${kept}`);
  await get('/api/knowledge/guilds');

  const { backup } = await job('/api/backup/create', { reason: 'before it changes' });
  const name = backup?.name ?? '';
  await job('/api/backup/verify', { name, drill: true });
  const overview = await get('/api/overview');
  const { ok, rtoMs } = overview['restorable'] as { ok: boolean; rtoMs: number };
  assert.ok(ok && rtoMs > 0);
  assert.equal((overview['questions'] as { totals: { answered: number } }).totals.answered, 1);

  const download = await fetch(`${app.origin}/api/backup/${name}/download`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const archive = Buffer.from(await download.arrayBuffer());
  const digest = createHash('sha256').update(archive).digest('base64');
  assert.equal(download.headers.get('repr-digest'), `sha-256=:${digest}:`);
  assert.equal(Number(download.headers.get('content-length')), archive.byteLength);

  assert.equal((await client.call('DELETE', `/api/knowledge/${kept}`)).status, 200);
  await teach('Harbour', 'The harbour opens at dawn.');
  const preview = await post(`/api/backup/${name}/preview`);
  assert.deepEqual(preview['documentsLost'], { count: 1, titles: ['Harbour'] });
  assert.deepEqual(preview['documentsReturning'], { count: 1, titles: ['Lighthouse'] });

  const begun = await post('/api/backup/restore', { name, confirm: preview['confirm'] }, 202);
  const statuses = new Set<number>();
  const knowledge = async () => {
    for (;;) {
      statuses.add((await client.call('GET', '/api/knowledge')).status);
      assert.equal((await client.call('GET', '/api/overview')).status, 200);
      if ((await get(String(begun['href'])))['state'] !== 'running') return;
    }
  };
  await knowledge();
  const restored = await client.follow(String(begun['href']));
  assert.equal(restored['state'], 'done', JSON.stringify(restored));
  assert.ok(
    [...statuses].every((status) => status === 200 || status === 503),
    String([...statuses]),
  );
  const titles = async () =>
    ((await get('/api/knowledge'))['documents'] as { title: string }[]).map(({ title }) => title).sort();
  assert.deepEqual(await titles(), ['Lighthouse', 'Rules']);

  const { safety } = restored['result'] as Record<string, Named>;
  const undo = await post(`/api/backup/${safety?.name}/preview`);
  await job('/api/backup/restore', { name: safety?.name, confirm: undo['confirm'] });
  assert.deepEqual(await titles(), ['Harbour', 'Rules']);

  await post(`/api/backup/${name}/pin`);
  assert.equal((await client.call('DELETE', `/api/backup/${name}`)).status, 409);
  await post(`/api/backup/${name}/unpin`);
  await get(`/api/backup/${name}`);
  assert.equal((await client.call('DELETE', `/api/backup/${name}`)).status, 200);
  await post('/api/backup/cleanup', { dryRun: true });
  await post('/api/backup/cleanup', { dryRun: false });
  const { findings } = (await job('/api/integrity/check')) as unknown as { findings: { state: string }[] };
  assert.deepEqual(
    findings.map(({ state }) => state),
    ['sound', 'sound', 'sound', 'sound'],
  );
  assert.deepEqual(await job('/api/backup/sync'), { vaults: [] });
  assert.equal((await post('/api/backup/scheduler/configure', { rule: 'daily 02:00' }))['rule'], 'daily 02:00');
  assert.equal(
    (await client.call('POST', '/api/backup/scheduler/configure', { body: { rule: 'sometimes' } })).status,
    400,
  );
  assert.notEqual((await post('/api/backup/scheduler/start'))['nextAt'], null);
  assert.equal((await post('/api/backup/scheduler/stop'))['nextAt'], null);
  for (const path of [
    '/api/backup/history',
    '/api/backup/status',
    '/api/backup/scheduler/configure',
    '/api/integrity',
    '/api/jobs',
    '/api/log',
    '/api/session',
  ])
    await get(path);
  const { text: metrics } = await client.call('GET', '/metrics');
  assert.match(metrics, /^nescordbot_documents 2$/m);
  assert.match(metrics, /^nescordbot_state_info\{installation="[\w-]{36}",application="playground",timeline="3"\} 1$/m);
  assert.match(metrics, /^nescordbot_position\{counter="knowledge"\} [1-9]\d*$/m);

  const { records, next } = (await client.call('GET', '/api/audit?limit=3')).body as unknown as AuditPage;
  assert.deepEqual(
    records.map(({ action, from, by, outcome }) => `${from} ${by} ${action} ${outcome}`),
    ['api api:api schedule stop done', 'api api:api schedule start done', 'api api:api schedule configure refused'],
  );
  const older = (await client.call('GET', `/api/audit?limit=200&before=${next}`)).body as unknown as AuditPage;
  // Recorded before the bot went back twice: a restore leaves the records alone.
  assert.ok(older.records.some(({ action }) => action === 'knowledge add'));
  const { settings } = (await client.call('GET', '/api/settings')).body as unknown as SettingsPage;
  const of = (name: string) => settings.find((line) => line.name === name);
  assert.deepEqual([of('API_TOKEN')?.value, of('API_TOKEN')?.source], ['corr…6789', 'environment']);
  assert.deepEqual([of('BACKUP_SCHEDULE')?.value, of('BACKUP_TIME_ZONE')?.source], ['off', 'default']);
  assert.ok(!JSON.stringify(settings).includes(TOKEN));

  const untried = Object.entries(client.document.paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .filter((route) => !client.seen.has(route));
  const elsewhere = [
    'GET /api/backup/{name}/download',
    'GET /api/events',
    'POST /api/clock/confirm',
    'POST /api/knowledge/unanswered/bring-back',
    'POST /api/knowledge/unanswered/dismiss',
    'POST /login',
    'POST /logout',
  ];
  assert.deepEqual(untried.sort(), elsewhere.sort());
  const audits = lines.filter((line) => line.startsWith('audit '));
  for (const action of [
    'backup',
    'backups drill',
    'backups download',
    'restore',
    'backups pin',
    'backups delete',
    'schedule start',
    'knowledge add',
    'knowledge remove',
  ])
    assert.ok(
      audits.some((line) => line.includes(`"action":"${action}"`) && line.includes('"by":"api:api"')),
      action,
    );

  // Last, for it leaves nothing as it was: what the real parts do not take is refused before it comes to them.
  const [guild = ''] = (await get('/api/knowledge/guilds'))['guilds'] as string[];
  const { name: fuzzed } = ((await get('/api/backup/history'))['backups'] as Named[])[0] ?? { name: '' };
  const requests = fuzzRequests(client.document, { seed: 7, times: 8, known: { backup: fuzzed, guild } });
  for (const { method, template, path, headers, body } of requests) {
    if (NOT_FUZZED.has(template)) continue;
    const { status, text } = await client.call(method, path, {
      headers,
      ...(body === null ? {} : { body: Buffer.from(body) }),
    });
    assert.ok(status < 500 || status === 503, `${method} ${path.slice(0, 500)} ${body?.slice(0, 500)}: ${text}`);
  }
  assert.ok(!lines.join('\n').includes(TOKEN));
});

/** A stream, and what begins long work. */
const NOT_FUZZED = new Set([
  '/api/events',
  '/api/backup/create',
  '/api/backup/verify',
  '/api/backup/sync',
  '/api/integrity/check',
]);
