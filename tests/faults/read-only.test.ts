import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { App } from '../../src/app.ts';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { wordsIn } from '../../src/errors.ts';
import { createApiClient } from '../support/api-client.ts';
import { openTestApp } from '../support/app.ts';
import { guildOf, personOf, teachApp, titlesOf } from '../support/app-person.ts';
import { CLI } from '../support/programs.ts';
import { openFailingDisk, openSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { tempFolder } from '../support/temp-store.ts';

const TOKEN = 'correct-horse-battery-staple-0123456789';
const MANUAL = { kind: 'manual', reason: null, by: { id: 'u1', name: 'Ines' } } as const;
/** What happened, what was not harmed, what to do. */
const WORDS =
  /mounted read-only \(EROFS\), so nothing can be saved\. What was saved before is whole\..*dmesg.*goes on by itself/;

const foldersOn = (folder: string) => ({
  DATABASE_URL: join(folder, 'bot.db'),
  CHROMADB_PERSIST_DIRECTORY: join(folder, 'chroma'),
  BACKUP_DIRECTORY: join(folder, 'backups'),
});

async function openOn(t: TestContext, disk: SmallDisk, env: Readonly<Record<string, string>> = {}): Promise<App> {
  for (const name of ['chroma', 'backups']) mkdirSync(join(disk.folder, name), { recursive: true });
  return openTestApp(t, {
    firstLesson: false,
    env: { ...foldersOn(disk.folder), API_TOKEN: TOKEN, API_REQUESTS_PER_MINUTE: '100000', ...env },
  });
}

async function readiness({ origin }: App) {
  const reply = await fetch(`${origin}/readyz`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const { parts } = (await reply.json()) as { parts: { name: string; detail: string }[] };
  return { status: reply.status, sqlite: parts.find(({ name }) => name === 'sqlite')?.detail ?? '' };
}

test('a disk that the system makes read-only under a running bot: nothing is acknowledged, answers go on, nothing is lost', async (t) => {
  const disk = openFailingDisk(t, 64);
  if (disk === null) return;
  const app = await openOn(t, disk);
  t.after(() => disk.close());
  const client = await createApiClient(app.origin, TOKEN);
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const { name } = (await app.backups.create(MANUAL)).entry;
  assert.equal((await readiness(app)).status, 200);

  disk.remount('abort');
  const call = async (method: string, path: string, body?: object) => {
    const { status, body: problem } = await client.call(method, path, body === undefined ? {} : { body });
    return [status, String(problem['detail'])] as const;
  };
  const refused = [
    await call('POST', '/api/knowledge', { title: 'ferry', text: 'The ferry leaves twice a day.' }),
    await call('DELETE', '/api/knowledge/1'),
    await call('POST', '/api/backup/scheduler/start'),
  ];
  for (const [status, detail] of refused) {
    assert.equal(status, 503);
    assert.match(detail, WORDS);
  }
  const { status, sqlite } = await readiness(app);
  assert.equal(status, 503);
  assert.match(sqlite, WORDS);
  const { condition } = app.knowledge.store;
  assert.match(wordsIn('ja', (await condition.look())?.words ?? ''), /読み取り専用（EROFS）.*無事です.*自動的に再開/);

  for (const path of [`/api/backup/${name}/preview`, `/api/backup/${name}/pin`]) {
    const [found, detail] = await call('POST', path);
    assert.equal(found, 503, path);
    assert.match(detail, /EROFS/, path);
    assert.doesNotMatch(detail, /lock file|delete it/, path);
  }
  const job = await client.call('POST', '/api/backup/create');
  const { problem } = await client.follow(String(job.body['href']));
  assert.match(
    JSON.stringify(problem),
    /"status":503.*backup folder .* is mounted read-only \(EROFS\), so nothing was changed/,
  );
  for (const path of ['/api/overview', '/api/backup/history', '/metrics', '/api/knowledge', '/api/settings'])
    assert.equal((await client.call('GET', path)).status, 200, path);
  const asked = await personOf(app, 'member').command('ask', { question: 'When does the lighthouse open?' });
  assert.match((await asked.reply(({ content }) => /offline engine|incident/.test(content))).content, /nine/);

  await app[Symbol.asyncDispose]();
  disk.mountAgain();
  const again = await openOn(t, disk);
  assert.deepEqual(titlesOf(again), ['lighthouse'], 'what was refused is not there, and what was acknowledged is');
  assert.equal((await readiness(again)).status, 200);
  assert.equal((await again.backups.verify(name)).state, 'good');
  await teachApp(again, 'ferry', 'The ferry leaves twice a day.');
  assert.ok(guildOf(again) !== '');
});

test('a folder that is read-only for a while: it is noticed without a write, and the bot goes on when it is over', async (t) => {
  const disk = openSmallDisk(t, 16);
  if (disk === null) return;
  const file = join(disk.folder, 'bot.db');
  const store = openStore({ file, timeoutMs: 1_000 });
  t.after(() => store.close());
  t.after(() => disk.close());
  assert.equal(await store.condition.look(), null);
  const cover = disk.cover();
  const trouble = await store.condition.look();
  assert.deepEqual([trouble?.code, WORDS.test(trouble?.message ?? '')], ['unavailable', true]);
  cover.close();
  assert.equal(await store.condition.look(), null);
  store.settings.saveSetting('global', 'kept', 1);
  assert.equal(store.settings.setting('global', 'kept'), 1);
});

test('on a volume that is read-only from the start nothing begins, and the words say to mount it writable', async (t) => {
  const disk = openSmallDisk(t, 32);
  if (disk === null) return;
  t.after(() => disk.close());
  disk.remount('ro');
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [CLI, ...args], {
      cwd: tempFolder(t),
      env: { PATH: process.env['PATH'], DATA_DIR: disk.folder },
    }).then(
      () => assert.fail('it went well'),
      (error: { stderr: string }) => error.stderr,
    );
  for (const args of [
    ['backup', 'create'],
    ['ask', 'When does the lighthouse open?'],
  ]) {
    const words = await run(...args);
    assert.match(
      words,
      /No write permission to data directory: .* \(EROFS\): its file system is mounted read-only\. Mount it writable/,
    );
    assert.doesNotMatch(words, /lock file|delete it|with chown/);
  }
  const looked = await promisify(execFile)(process.execPath, [CLI, 'doctor'], {
    cwd: tempFolder(t),
    env: { PATH: process.env['PATH'], DATA_DIR: disk.folder },
  }).catch((error: { stdout: string }) => error);
  assert.match(looked.stdout, /\(EROFS\): its file system is mounted read-only/);
});

test('backups on a disk of their own that became read-only: what to do is said, and no lock file is to be deleted', async (t) => {
  const disk = openFailingDisk(t, 64);
  if (disk === null) return;
  const folder = realpathSync(tempFolder(t));
  mkdirSync(join(folder, 'chroma'));
  const app = await openOn(t, disk, { ...foldersOn(folder), BACKUP_DIRECTORY: join(disk.folder, 'backups') });
  t.after(() => disk.close());
  await app.backups.list();
  disk.remount('abort');
  await assert.rejects(app.backups.create(MANUAL), (error: Error) => {
    assert.match(
      error.message,
      /^The file system of the backup folder .* is mounted read-only \(EROFS\).*Mount it writable/,
    );
    return true;
  });
  await teachApp(app, 'ferry', 'The ferry leaves twice a day.');
  assert.equal((await readiness(app)).status, 200, 'the database is on another disk');
});
