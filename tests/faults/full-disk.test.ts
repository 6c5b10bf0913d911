import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { App } from '../../src/app.ts';
import type { BackupProgress, Stage } from '../../src/backup/api.ts';
import { isAppError } from '../../src/errors.ts';
import { problemOf } from '../../src/http/problem.ts';
import { openTestApp } from '../support/app.ts';
import { guildOf, personOf, teachApp } from '../support/app-person.ts';
import { packFiles, tarZst } from '../support/archives.ts';
import { CLI } from '../support/programs.ts';
import { PERSON } from '../support/restore-stage.ts';
import { openSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { tempFolder } from '../support/temp-store.ts';

const MANUAL = { kind: 'manual', reason: null, by: PERSON } as const;
/** What is missing, with its unit. */
const MISSING = /(\d[\d.]* [kM]B are missing|needs up to \d+ MB more)/;

const foldersOn = ({ folder }: SmallDisk) => ({
  DATABASE_URL: join(folder, 'bot.db'),
  CHROMADB_PERSIST_DIRECTORY: join(folder, 'chroma'),
  BACKUP_DIRECTORY: join(folder, 'backups'),
});
const envOn = (disk: SmallDisk) => ({ PATH: process.env['PATH'], ...foldersOn(disk) });

async function openOn(t: TestContext, disk: SmallDisk): Promise<App> {
  for (const name of ['chroma', 'backups']) mkdirSync(join(disk.folder, name));
  const app = await openTestApp(t, {
    firstLesson: false,
    env: foldersOn(disk),
  });
  t.after(() => disk.close());
  return app;
}

type Job = 'backup' | 'verify' | 'restore';

/** The disk is filled to its last block when the job reaches the stage. */
const CASES: readonly (readonly [Job, Stage])[] = [
  ['backup', 'waiting'],
  ['backup', 'checking'],
  ['backup', 'capturing'],
  ['backup', 'compressing'],
  ['backup', 'verifying'],
  ['verify', 'verifying'],
  ['restore', 'checking'],
  ['restore', 'staging'],
  ['restore', 'saving'],
  ['restore', 'swapping'],
  ['restore', 'opening'],
];

test('on a disk that fills up at any stage the words say how much is missing, nothing is lost and the bot answers', async (t) => {
  const disk = openSmallDisk(t, 64);
  if (disk === null) return;
  const app = await openOn(t, disk);
  const { backups } = app;
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning. '.repeat(3_000));
  const { name } = (await backups.create(MANUAL)).entry;
  await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day.');

  for (const [job, stage] of CASES) {
    await t.test(`${job}, full when ${stage}`, async () => {
      if (stage === 'waiting') disk.fill();
      const onProgress = (progress: BackupProgress): void => {
        if (progress.stage === stage) disk.fill();
      };
      const work = {
        backup: () => backups.create(MANUAL, { onProgress }),
        verify: () => backups.verify(name, { onProgress }),
        restore: () => backups.restore(name, PERSON, { onProgress }),
      };
      const error: unknown = await work[job]().then(
        () => null,
        (reason: unknown) => reason,
      );
      assert.ok(isAppError(error), String(error));
      assert.match(error.message, MISSING);
      assert.equal(problemOf(error).status, 507, 'as the API documents it');
      const { passages } = await app.knowledge.library.search(guildOf(app), 'When does the ferry leave?', 1);
      assert.equal(passages[0]?.title, 'ferry', 'it answers while the disk is full');
      const listed = await backups.list();
      assert.deepEqual(
        listed.filter(({ state }) => state !== 'good'),
        [],
      );
      disk.empty();
      assert.equal((await backups.verify(name)).state, 'good');
      assert.deepEqual(
        readdirSync(disk.folder).filter((one) => /^\.stage|^\.before|journal\.json/.test(one)),
        [],
      );
    });
  }
  await t.test('an export', async () => {
    disk.fill(300_000);
    const args = [CLI, 'backup', 'export', '--vectors', '--out', join(disk.folder, 'all.json')];
    await assert.rejects(promisify(execFile)(process.execPath, args, { cwd: disk.folder, env: envOn(disk) }), {
      message: /The disk is full after .*: \d.* are missing, and .*all\.json was not written/,
    });
    assert.ok(!readdirSync(disk.folder).some((one) => one.startsWith('all.json')));
    disk.empty();
  });
  const asked = await personOf(app, 'member').command('ask', { question: 'How often does the ferry leave?' });
  disk.fill();
  assert.match((await asked.reply(({ content }) => /offline engine|incident/.test(content))).content, /twice/);
  disk.empty();
  await teachApp(app, 'harbour', 'The harbour master is called Ines.');
  const { documents } = await backups.restore(name, PERSON);
  assert.equal(documents, 1, 'with room again everything works');
});

test('when the disk fills up while a backup is unpacked, what is missing is said, and nothing is left of it', async (t) => {
  const { file, files } = await packFiles(tempFolder(t), {
    'sqlite/nescordbot.db': randomBytes(12_000_000),
    'chroma/chroma.sqlite3': randomBytes(4_000),
  });
  const disk = openSmallDisk(t, 16);
  if (disk === null) return;
  t.after(() => disk.close());
  const stage = join(disk.folder, 'stage');
  mkdirSync(stage);
  // In the first write, in the midst of it, and behind several: what fails is heard of before or after what it ends.
  for (const leaveBytes of [0, 100_000, 1_000_000, 9_000_000]) {
    disk.fill(leaveBytes);
    await assert.rejects(tarZst.extract(file, stage, files), {
      code: 'limit',
      message: /needs up to (13|[1-9]) MB more/,
    });
    disk.empty();
    assert.deepEqual(readdirSync(stage), []);
  }
});
