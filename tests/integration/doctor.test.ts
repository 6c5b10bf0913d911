import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { examine, type DoctorOptions } from '../../src/app/doctor.ts';
import { parseConfig } from '../../src/config.ts';
import { inviteLink } from '../../src/discord/invite.ts';
import type { Finding } from '../../src/health/doctor/finding.ts';
import type { Machine } from '../../src/health/machine.ts';
import { openTestApp } from '../support/app.ts';
import { failure } from '../support/gemini-server-replies.ts';
import { openGeminiServer } from '../support/gemini-server.ts';
import { checkGemini } from '../../src/app/doctor/gemini.ts';
import { openTestDiscord } from '../support/playground.ts';
import { CLI } from '../support/programs.ts';
import { tempFolder } from '../support/temp-store.ts';
import { silentLog } from '../../src/log.ts';

/** A server of somebody's own, whose disk stays. */
const ownServer: Machine = {
  mounts: [{ point: '/', type: 'ext4', source: '/dev/vda1' }],
  hasContainerFile: false,
  cgroup: '',
};

type Environment = Readonly<Record<string, string>>;

async function volume(t: TestContext): Promise<{ readonly folder: string; readonly env: Environment }> {
  const folder = tempFolder(t);
  await mkdir(join(folder, 'chroma'));
  await mkdir(join(folder, 'backups'));
  const env = {
    DATABASE_URL: join(folder, 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: join(folder, 'chroma'),
    BACKUP_DIRECTORY: join(folder, 'backups'),
    PORT: '0',
  };
  return { folder, env };
}

async function examined(env: Environment, options: Partial<DoctorOptions> = {}): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for await (const one of examine(() => parseConfig(env), { log: silentLog, machine: ownServer, ...options })) {
    findings.push(one);
  }
  return findings;
}

function found(findings: readonly Finding[], check: string): Finding {
  return findings.find((one) => one.check === check) ?? assert.fail(`no ${check} in ${JSON.stringify(findings)}`);
}

const failuresOf = (findings: readonly Finding[]) => findings.filter(({ verdict }) => verdict === 'fail');

/** Every file below a folder with all that a change of it would change. */
async function traces(folder: string): Promise<string[]> {
  const names = ['.', ...(await readdir(folder, { recursive: true }))].sort();
  return Promise.all(
    names.map(async (name) => {
      const { mode, size, mtimeMs, uid } = await stat(join(folder, name));
      return [name, mode, size, mtimeMs, uid].join(' ');
    }),
  );
}

test('a bot that lacks nothing is told so, and not a file of its volume changes', async (t) => {
  const there = await openTestDiscord(t);
  const gemini = await openGeminiServer();
  t.after(() => gemini.close());
  const { folder, env } = await volume(t);
  await chmod(join(folder, 'backups'), 0o755);
  await writeFile(join(folder, 'bot.db.lock'), '');
  const before = await traces(folder);
  const findings = await examined(
    {
      ...env,
      DISCORD_TOKEN: there.token,
      MESSAGE_CONTENT_INTENT: 'true',
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: gemini.url,
      GEMINI_GENERATION_MODELS: 'gemini-3.6-flash',
    },
    { discordApi: there.restApi },
  );
  assert.deepEqual(failuresOf(findings), []);
  assert.equal(found(findings, 'invite link').detail, inviteLink(there.applicationId));
  assert.equal(found(findings, 'intents').detail, 'Message Content is on');
  assert.equal(found(findings, 'permissions').detail, 'complete in every server');
  assert.match(found(findings, 'Gemini gemini-embedding-001').detail, /768 numbers/);
  assert.equal(found(findings, 'Gemini gemini-3.6-flash').detail, 'writes');
  assert.match(found(findings, 'Chroma').detail, /starts and answers/);
  assert.equal(found(findings, 'clock').verdict, 'ok');
  assert.deepEqual(gemini.problems, []);
  assert.deepEqual(await traces(folder), before);
});

test('a model for which another answers, one that is gone and a proxy that refuses `store` are each told', async (t) => {
  const gemini = await openGeminiServer();
  t.after(() => gemini.close());
  gemini.reroute('gemini-3.7-flash', 'gemini-3.8-flash');
  gemini.script({ kind: 'status', status: 404, model: 'gemini-2.0-flash' });
  const refusal = failure(400, 'INVALID_ARGUMENT', 'Unknown name "store": Cannot find field.');
  gemini.script({ kind: 'status', status: 400, model: 'gemini-3.6-flash', body: refusal });
  const findings = await checkGemini({
    apiKey: gemini.apiKey,
    baseUrl: gemini.url,
    generationModels: ['gemini-3.7-flash', 'gemini-2.0-flash', 'gemini-3.6-flash', 'gemini-3.5-flash-lite'],
    embeddingModel: 'gemini-embedding-001',
    dimensions: 256,
    concurrency: 1,
    timeoutMs: 30_000,
  });
  assert.deepEqual(
    findings.map(({ verdict }) => verdict),
    ['ok', 'warn', 'fail', 'warn', 'ok'],
  );
  assert.match(
    findings[1]?.detail ?? '',
    /answers with gemini-3\.8-flash .*price and the limits of gemini-3\.8-flash apply/,
  );
  assert.match(findings[3]?.detail ?? '', /does not take the field `store`/);
});

test('a running bot is asked how it is, instead of starting anything beside it', async (t) => {
  const { env } = await volume(t);
  const API_TOKEN = 'operator-token-0123456789-abcdefghij';
  const app = await openTestApp(t, { env: { ...env, API_TOKEN }, firstLesson: false });
  const findings = await examined({ ...env, API_TOKEN, PORT: new URL(app.origin).port });
  assert.deepEqual(failuresOf(findings), []);
  assert.match(found(findings, 'running bot').detail, /^version /);
  assert.equal(found(findings, 'chroma, says the bot').verdict, 'ok');
  assert.match(found(findings, 'chroma, says the bot').detail, /chroma/);
  const stranger = await examined({ ...env, PORT: new URL(app.origin).port });
  assert.equal(found(stranger, 'chroma, says the bot').verdict, 'ok');
  assert.match(found(stranger, 'chroma, says the bot').detail, /with API_TOKEN set/);
  assert.equal(
    findings.some(({ check }) => check === 'Chroma'),
    false,
  );

  const made = await app.backups.create({ kind: 'manual', reason: null, by: { id: 'test', name: 'test' } });
  assert.match(
    found(await examined({ ...env, PORT: new URL(app.origin).port }), 'backups').detail,
    new RegExp(`newest verified: ${made.entry.name}, 0 h old`),
  );
});

test('the bot of another installation at the same address is not taken for the one on the volume', async (t) => {
  const [{ env: ours }, { env: theirs }] = [await volume(t), await volume(t)];
  await openTestApp(t, { env: ours, firstLesson: false });
  const other = await openTestApp(t, { env: theirs, firstLesson: false });
  const findings = await examined({ ...ours, PORT: new URL(other.origin).port });
  const running = found(findings, 'running bot');
  assert.equal(running.verdict, 'warn');
  assert.match(running.detail, /the bot that answers at \S+ is that of another installation/);
  assert.match(running.remedy ?? '', /HOST and PORT/);
  assert.deepEqual(
    findings.filter(({ check }) => check.endsWith('says the bot')),
    [],
  );
});

test('what Discord would refuse is found, each with what to do', async (t) => {
  const there = await openTestDiscord(t, { guilds: ['Tea House', 'Reading Room'], messageContent: false });
  const { env } = await volume(t);
  const ask = (more: Environment) =>
    examined({ ...env, DISCORD_TOKEN: there.token, ...more }, { discordApi: there.restApi });

  const refused = found(await ask({ DISCORD_TOKEN: 'not.the.token' }), 'Discord token');
  assert.equal(refused.verdict, 'fail');
  assert.match(refused.remedy ?? '', /Copy the token again, or reset it/);

  const findings = await ask({ MESSAGE_CONTENT_INTENT: 'true', HOME_GUILD_ID: '111111111111111111' });
  assert.match(found(findings, 'intents').remedy ?? '', /Switch on "Message Content Intent"/);
  assert.match(found(findings, 'servers').detail, /in 2 servers, but not in the home server 111111111111111111/);
  assert.equal(failuresOf(findings).length, 2);

  const homeless = await ask({});
  assert.match(found(homeless, 'servers').remedy ?? '', /\/settings home in the right server, or set HOME_GUILD_ID/);
});

test('a server in which something is not allowed is named, and a clock that is wrong is noticed', async (t) => {
  const replies: Record<string, unknown> = {
    '/users/@me': { id: '1', username: 'NescordBot' },
    '/applications/@me': { id: '42', flags: 0, bot_require_code_grant: true },
    '/users/@me/guilds': [{ id: '7', name: 'Tea House', permissions: String(1 << 10) }],
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^.*\/v10/, '').replace(/\?.*$/, '');
    response.writeHead(200, {
      'content-type': 'application/json',
      date: new Date(Date.now() + 3_600_000).toUTCString(),
    });
    response.end(JSON.stringify(replies[path]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { env } = await volume(t);
  const findings = await examined({ ...env, DISCORD_TOKEN: 'x' }, { discordApi: `http://127.0.0.1:${port}/api` });
  const { detail, remedy } = found(findings, 'permissions in Tea House');
  assert.equal(detail, 'missing: Send Messages, Send Messages in Threads, Read Message History');
  assert.match(remedy ?? '', /client_id=42&permissions=274877975552&scope=bot\+applications\.commands/);
  assert.match(found(findings, 'invite link').remedy ?? '', /Requires OAuth2 Code Grant/);
  assert.match(found(findings, 'clock').detail, /^3[56]\d\d s behind the services asked/);
});

test('a key that Google refuses fails once, a quota that is used up is a warning, and neither shows the key', async (t) => {
  const gemini = await openGeminiServer();
  t.after(() => gemini.close());
  const { env } = await volume(t);
  const settings = { ...env, GEMINI_BASE_URL: gemini.url, GEMINI_GENERATION_MODELS: 'gemini-3.6-flash' };
  const wrong = await examined({ ...settings, GEMINI_API_KEY: 'AIza-wrong-key-of-somebody-else-00' });
  assert.equal(failuresOf(wrong).length, 1);
  assert.match(found(wrong, 'Gemini gemini-embedding-001').detail, /Google does not accept GEMINI_API_KEY/);
  assert.doesNotMatch(JSON.stringify(wrong), /somebody-else/);

  gemini.script({ kind: 'status', status: 429, task: 'streamGenerateContent', times: 9 });
  const spent = await examined({ ...settings, GEMINI_API_KEY: gemini.apiKey });
  assert.deepEqual(failuresOf(spent), []);
  assert.equal(found(spent, 'Gemini gemini-3.6-flash').verdict, 'warn');
});

test('without a network every failure is told with what to do about it', async (t) => {
  const { env } = await volume(t);
  const nowhere = 'http://127.0.0.1:9';
  const settings = {
    CHROMA_URL: nowhere,
    GEMINI_BASE_URL: nowhere,
    GEMINI_API_KEY: 'AIza-a-key',
    DISCORD_TOKEN: 'a.b.c',
  };
  const failures = failuresOf(await examined({ ...env, ...settings }, { discordApi: nowhere }));
  assert.deepEqual(
    failures.map(({ check }) => check),
    ['Chroma', 'Discord', 'Gemini gemini-embedding-001'],
  );
  for (const { check, remedy } of failures) assert.match(remedy ?? '', /Check the network|CHROMA_URL/, check);
});

test('data that the next deployment would lose is a failure, and so is a volume that is not there', async (t) => {
  const { folder, env } = await volume(t);
  const container: Machine = {
    mounts: [{ point: '/', type: 'overlay', source: 'overlay' }],
    hasContainerFile: true,
    cgroup: '',
  };
  const inside = await examined(
    { ...env, DISCORD_TOKEN: 'a.b.c' },
    { machine: container, discordApi: 'http://127.0.0.1:9' },
  );
  assert.match(found(inside, 'database folder').remedy ?? '', /not on a volume and will be lost at the next deploy/);
  assert.deepEqual(
    failuresOf(inside).map(({ check }) => check),
    ['database folder', 'Discord'],
    'one cause, one failure',
  );
  const playground = await examined(env, { machine: container });
  assert.deepEqual(failuresOf(playground), []);
  assert.equal(found(playground, 'database folder').verdict, 'warn');
  assert.equal(found(playground, 'backups folder').verdict, 'skip');
  const absent = await examined({ ...env, CHROMADB_PERSIST_DIRECTORY: join(folder, 'elsewhere') });
  assert.match(found(absent, 'index folder').remedy ?? '', /Should it be on a volume, mount the volume there/);
});

test('a file that is no database, or that a newer bot wrote, is told from a sound one', async (t) => {
  const { env } = await volume(t);
  await writeFile(env['DATABASE_URL'] ?? '', 'x'.repeat(200));
  assert.match(found(await examined(env), 'database').detail, /is no SQLite database/);
  const header = Buffer.alloc(100);
  header.write('SQLite format 3\0', 'latin1');
  header.writeUInt32BE(999, 60);
  await writeFile(env['DATABASE_URL'] ?? '', header);
  assert.match(found(await examined(env), 'database').detail, /has schema 999/);
});

test('a database that another Discord application ran last is told of, and one of the playground is not', async (t) => {
  const { folder, env } = await volume(t);
  const app = await openTestApp(t, { env: { ...env }, firstLesson: false });
  await app[Symbol.asyncDispose]();
  const asOf = (id: string) => ({ ...env, DISCORD_TOKEN: `${btoa(id)}.aa.bb` });
  const examinedAs = async (id: string) => {
    const api = 'http://127.0.0.1:9/api';
    return found(await examined(asOf(id), { discordApi: api }), 'database');
  };
  assert.equal((await examinedAs('100000000000000022')).verdict, 'ok');
  const file = join(folder, '.bot.db.installation.json');
  const marker = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...marker, application: '100000000000000011' }));
  assert.equal((await examinedAs('100000000000000011')).verdict, 'ok');
  const { verdict, detail, remedy } = await examinedAs('100000000000000022');
  assert.equal(verdict, 'warn', detail);
  assert.match(detail, /last run as the Discord application 100000000000000011, and DISCORD_TOKEN is that of 1/);
  assert.match(remedy ?? '', /^Unless that is meant, set the DISCORD_TOKEN or the DATA_DIR/);
});

test('what was done to the files is told: a database taken from under a running bot, and an old log beside another one', async (t) => {
  const { folder, env } = await volume(t);
  const file = join(folder, 'bot.db');
  const app = await openTestApp(t, { firstLesson: false, env });
  app.knowledge.store.settings.saveSetting('global', 'first', 1);
  await rename(file, `${file}-away`);
  const taken = found(await examined(env), 'database');
  assert.deepEqual([taken.verdict, /bot\.db is gone, although a bot is running/.test(taken.detail)], ['fail', true]);
  assert.match(taken.remedy ?? '', /Put it back.*backup restore NAME/);
  await rename(`${file}-away`, file);
  app.knowledge.store.settings.saveSetting('global', 'second', 2);
  const log = await readFile(`${file}-wal`);
  assert.ok(log.byteLength > 0);
  await app[Symbol.asyncDispose]();
  const db = new Database(file);
  db.pragma('journal_mode = DELETE'); // as the files in backups are
  db.close();
  assert.equal(found(await examined(env), 'database').verdict, 'ok');
  await writeFile(`${file}-wal`, log);
  const before = await traces(folder);
  const stale = found(await examined(env), 'database');
  assert.deepEqual(
    [stale.verdict, /bot\.db-wal is not the log of .*delete .*bot\.db-wal/.test(stale.detail)],
    ['fail', true],
  );
  assert.deepEqual(await traces(folder), before, 'and nothing was touched');
});

test('a configuration that cannot be read is listed problem by problem, with what can be seen without it', async () => {
  const findings = await examined({ PORT: 'many', BACKUP_KEEP: '-1' });
  assert.equal(failuresOf(findings).length, 2);
  assert.match(found(findings, 'configuration').detail, /^BACKUP_KEEP must be/);
  assert.equal(found(findings, 'Node').verdict, 'ok');
});

test('from a shell, the exit code says whether something failed, and a folder that may not be written to is one', async (t) => {
  const { folder, env } = await volume(t);
  for (const name of ['backups', 'chroma', '.']) await chmod(join(folder, name), 0o555);
  // Root may write anywhere, so it is somebody else who tries.
  const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const options = { env: { PATH: process.env['PATH'], ...env }, cwd: folder, ...asNobody };
  const { code, out } = await new Promise<{ code: number; out: string }>((resolve) => {
    execFile(process.execPath, [CLI, 'doctor', '--json'], options, (error, stdout) =>
      resolve({ code: Number(error?.code ?? 0), out: stdout }),
    );
  });
  await chmod(folder, 0o755); // so that it can be removed
  const { failures, findings } = JSON.parse(out) as { failures: number; findings: readonly Finding[] };
  assert.equal(code, 1);
  assert.equal(failures, 1, 'one cause is one failure');
  assert.match(found(findings, 'database folder').detail, /no write permission to/);
  for (const check of ['index folder', 'backups folder']) {
    assert.equal(found(findings, check).detail, 'not looked at, because of what is wrong with the database folder');
  }
});
