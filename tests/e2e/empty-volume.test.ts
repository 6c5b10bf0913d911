import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, truncateSync, watch } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { freePort } from '../../src/adapters/chroma/child.ts';
import type { App } from '../../src/app.ts';
import { openShell } from '../../src/app/shell.ts';
import { parseConfig } from '../../src/config.ts';
import { wordsIn } from '../../src/errors.ts';
import { aliceVariables } from '../support/age-keys.ts';
import { openTestApp } from '../support/app.ts';
import { personOf, teachApp } from '../support/app-person.ts';
import { createTestLog } from '../support/chroma.ts';
import { openLfsServer, TOKEN, whyNoGitLfs } from '../support/lfs-server.ts';
import { removal } from '../support/removal.ts';
import { BUCKET, KEYS, openS3Server } from '../support/s3-server.ts';
import { startMain } from '../support/start-main.ts';
import { tempFolder } from '../support/temp-store.ts';

const BY = { id: '1', name: 'Morgan' };
const answered = /offline engine|I found nothing|not been taught/;
const RESTORING = { ...aliceVariables, RESTORE_ON_EMPTY: 'true' };
type Environment = Readonly<Record<string, string>>;

/** A volume as it comes up: folders for everything, and nothing in them. Its bot ends before the test does. */
function emptyVolume(t: TestContext): Environment & { readonly folder: string } {
  const folder = tempFolder(t);
  for (const name of ['chroma', 'backups']) mkdirSync(join(folder, name));
  return {
    folder,
    DATABASE_URL: join(folder, 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: join(folder, 'chroma'),
    BACKUP_DIRECTORY: join(folder, 'backups'),
  };
}

const vaults: Record<'github' | 's3' | 'folder', Environment> = { github: {}, s3: {}, folder: {} };

/** A bot has sent two backups to every vault, before and after it learnt of the ferry; its volume is gone. */
before(async (t) => {
  const context = t as TestContext;
  const { endpoint } = await openS3Server(context);
  vaults.folder = { VAULT_DIRECTORY: tempFolder(context) };
  vaults.s3 = {
    S3_ENDPOINT: endpoint,
    S3_BUCKET: BUCKET,
    S3_ACCESS_KEY_ID: KEYS.accessKeyId,
    S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  };
  if (whyNoGitLfs() === undefined) {
    const { url } = await openLfsServer(context);
    vaults.github = { GITHUB_SYNC_ENABLED: 'true', GITHUB_DATA_REPO: url, GITHUB_TOKEN: TOKEN };
  }
  const { folder, ...volume } = emptyVolume(context);
  const env = { ...volume, ...vaults.folder, ...vaults.s3, ...vaults.github, ...aliceVariables };
  const app = await openTestApp(context, { firstLesson: false, env });
  for (const [title, text] of [
    ['lighthouse', 'The lighthouse opens at nine in the morning.'],
    ['ferry', 'The ferry to the island leaves twice a day.'],
  ] as const) {
    await teachApp(app, title, text);
    await app.backups.create({ kind: 'manual', reason: null, by: BY });
  }
  const results = await app.offSite.sync();
  assert.deepEqual(
    results.flatMap(({ problems }) => problems),
    [],
  );
  for (const { name, verified } of await app.offSite.vaults()) assert.equal(verified.length, 2, name);
  await app[Symbol.asyncDispose]();
  rmSync(folder, removal);
});

async function ask(app: App, question: string): Promise<string> {
  const asked = await personOf(app, 'member').command('ask', { question });
  return (await asked.reply((message) => answered.test(message.content))).content;
}

/** What operators were told of the restore. */
const told = ({ alerts }: App): string =>
  alerts
    .recent()
    .map(({ words }) => wordsIn('en', words))
    .find((words) => words.includes('Restored from')) ?? '';

for (const [name, label, skip] of [
  ['github', 'GitHub by Git LFS', whyNoGitLfs()],
  ['s3', 'S3', undefined],
  ['folder', 'a folder', undefined],
] as const) {
  test(
    `volume deleted, bot started: it answers from the newest backup in ${label}`,
    { skip: skip ?? false },
    async (t) => {
      const { folder: _, ...volume } = emptyVolume(t);
      const startedAt = performance.now();
      await using app = await openTestApp(t, { firstLesson: false, env: { ...volume, ...vaults[name], ...RESTORING } });
      const onlineMs = performance.now() - startedAt;
      assert.match(await ask(app, 'How often does the ferry leave?'), /twice a day/);
      const answeredMs = performance.now() - startedAt;
      assert.match(told(app), /Restored from .*2 documents/);
      t.diagnostic(
        `${label}: online after ${Math.round(onlineMs)} ms, first answer after ${Math.round(answeredMs)} ms`,
      );
      t.diagnostic(told(app));
    },
  );
}

test('with several vaults it is the newest backup that is whole, and until it is there the bot is not ready', async (t) => {
  const { folder: _, ...volume } = emptyVolume(t);
  const spoilt = tempFolder(t);
  // The nearest vault has the newest backup, and its copy is cut off; another one has it whole.
  for (const file of readdirSync(vaults.folder['VAULT_DIRECTORY'] ?? '')) {
    cpSync(join(vaults.folder['VAULT_DIRECTORY'] ?? '', file), join(spoilt, file));
  }
  const [newest = ''] = readdirSync(spoilt)
    .filter((file) => file.endsWith('.age'))
    .sort()
    .reverse();
  truncateSync(join(spoilt, newest), 2000);
  rmSync(join(spoilt, `${newest}.sha256`));
  const API_TOKEN = 'operator-token-0123456789-abcdefghij';
  const PORT = String(await freePort());
  const log = createTestLog();
  const during: Promise<Response>[] = [];
  const info = (message: string) => {
    log.info(message);
    if (message.startsWith('Restoring'))
      during.push(fetch(`http://127.0.0.1:${PORT}/readyz`, { headers: { authorization: `Bearer ${API_TOKEN}` } }));
  };
  await using app = await openTestApp(t, {
    firstLesson: false,
    log: { ...log, info },
    env: { ...volume, PORT, API_TOKEN, VAULT_DIRECTORY: spoilt, ...vaults.s3, ...RESTORING },
  });
  assert.match(await ask(app, 'How often does the ferry leave?'), /twice a day/);
  assert.match(told(app), /Restored from S3 .*Of no use: nescordbot_backup_\S+ \(\//);
  const [ready] = await Promise.all(during);
  assert.equal(ready?.status, 503);
  assert.match(await ready.text(), /restoring nescordbot_backup_\S+ from S3/);
  assert.equal((await fetch(`${app.origin}/readyz`)).status, 200);
});

test('killed in the midst of it, the next start begins anew and brings everything back', async (t) => {
  const { folder, ...env } = await killedInTheMidst(t);
  const bot = startMain(t, env);
  await bot.said(/Restored from the folder of backups/); // it had been fetched already, and is not fetched again
  await bot.said(/The playground is at/);
  bot.child.kill('SIGTERM');
  assert.equal(await bot.ended, 0);
  const db = new Database(join(folder, 'bot.db'), { readonly: true });
  t.after(() => db.close());
  const titles = db.prepare<[], string>('SELECT title FROM documents').pluck().all();
  assert.ok(titles.includes('ferry') && titles.includes('lighthouse'), titles.join(', '));
  assert.deepEqual(
    readdirSync(folder).filter((name) => /stage|before|journal/.test(name)),
    [],
  );
});

/** As a test that stands still for a while kills it too late, it may be tried again. */
async function killedInTheMidst(t: TestContext): Promise<Environment & { readonly folder: string }> {
  const journal = '.bot.db.restore-journal.json';
  for (let attempt = 1; ; attempt += 1) {
    const { folder, ...volume } = emptyVolume(t);
    const env = { ...volume, ...vaults.folder, ...RESTORING };
    const exchanging = appears(folder, journal);
    const { child } = startMain(t, env);
    await exchanging;
    const gone = once(child, 'exit'); // its Chroma, if it had one already, may take a little longer
    child.kill('SIGKILL');
    await gone;
    if (existsSync(join(folder, journal))) return { folder, ...env };
    assert.ok(attempt < 5, 'the exchange was over before it could be killed');
  }
}

async function appears(folder: string, name: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(folder, (_, file) => {
    if (file === name) resolve();
  });
  await promise;
  watcher.close();
}

test('a shell command, too, begins no empty database where a vault has backups of another', async (t) => {
  const { folder, ...volume } = emptyVolume(t);
  const config = parseConfig({ ...volume, ...vaults.folder, ...aliceVariables });
  const { signal } = new AbortController();
  await assert.rejects(openShell(config, { log: createTestLog(), signal, guildId: null }), {
    code: 'config',
    message: /2 backups in .*Ways out:/s,
  });
  assert.ok(!existsSync(join(folder, 'bot.db')));
});

test("two bots on one vault: neither takes the other's documents, counts them or removes them, unless it is told to", async (t) => {
  const VAULT_DIRECTORY = tempFolder(t);
  const [first, second] = [emptyVolume(t), emptyVolume(t)];
  const open = (volume: Environment, more: Environment = {}) =>
    openTestApp(t, { firstLesson: false, env: { ...volume, VAULT_DIRECTORY, VAULT_KEEP: '1', ...more } });
  {
    await using app = await open(first);
    await teachApp(app, 'secret', 'The secret of the first bot is under the mat.');
    await app.backups.create({ kind: 'manual', reason: null, by: BY });
    await app.offSite.sync();
  }
  // It is of the same application, and its volume is as empty as one that was lost: somebody has to say that it is another.
  {
    await using app = await open(second, { RESTORE_ON_EMPTY: 'false', ALLOW_EMPTY_START: 'true' });
    await teachApp(app, 'ferry', 'The ferry leaves twice a day.');
    for (let at = 0; at < 2; at += 1) {
      await app.backups.create({ kind: 'manual', reason: null, by: BY });
      assert.deepEqual(
        (await app.offSite.sync()).flatMap(({ problems }) => problems),
        [],
      );
    }
    const [vault] = await app.offSite.vaults();
    assert.equal(vault?.verified.length, 1, 'its own, as many as VAULT_KEEP says');
    const elsewhere = await app.offSite.elsewhere();
    assert.deepEqual(
      elsewhere.map(({ standing }) => standing),
      ['foreign'],
      "the other's is still there, and shown as the other's",
    );
    const [others] = elsewhere;
    await app.backups.preview(others?.name ?? '');
    const here = await app.backups.list();
    assert.ok(
      here.every(({ standing }) => standing !== 'foreign'),
      'a look leaves nothing here',
    );
    assert.equal((await app.offSite.elsewhere())[0]?.name, others?.name);
  }
  rmSync(second.folder, removal);
  for (const name of ['chroma', 'backups']) mkdirSync(join(second.folder, name), { recursive: true });
  const refusal: unknown = await open(second).then(
    () => null,
    (error: unknown) => error,
  );
  assert.match(String(refusal), /not plain whose backups these are.*set RESTORE_INSTALLATION/s);
  const ids = [...String(refusal).matchAll(/- ([\w-]{8}): 1 backup of the playground, the newest (\S+), 1 document/g)];
  assert.equal(ids.length, 2, String(refusal));
  const own = ids.find(([, , newest]) => newest !== undefined && newest > (ids[0]?.[2] ?? '')) ?? ids[0];
  await using app = await open(second, { RESTORE_INSTALLATION: own?.[1] ?? '' });
  assert.match(await ask(app, 'How often does the ferry leave?'), /twice a day/);
});

test('a clock far from when the restored backup was made is not believed, so that nothing of it goes for its age', async (t) => {
  const { folder: _, ...volume } = emptyVolume(t);
  const log = createTestLog();
  const aYearOn = () => Date.now() + 366 * 24 * 3_600_000;
  const env = { ...volume, ...vaults.folder, ...RESTORING };
  await using app = await openTestApp(t, { firstLesson: false, log, clock: aYearOn, env });
  assert.match(told(app), /Restored from /);
  assert.match(log.lines.join('\n'), /clock is not where the last run left it.*nothing is deleted because of its age/);
});
