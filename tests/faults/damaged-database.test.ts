import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openBackupShell } from '../../src/app/backup-shell.ts';
import { parseConfig } from '../../src/config.ts';
import type { RestoreResult } from '../../src/backup/api.ts';
import type { BackupEntry } from '../../src/backup/model.ts';
import { openTestApp } from '../support/app.ts';
import { teachApp, titlesOf } from '../support/app-person.ts';
import { tarZst } from '../support/archives.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { environmentOf, foldersIn, type Folders } from '../support/kill-trial.ts';
import { openBase, teach } from '../support/knowledge-base.ts';
import { CLI } from '../support/programs.ts';
import { GUILD, PERSON } from '../support/restore-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

const run = promisify(execFile);
const MANUAL = { kind: 'manual', reason: null, by: PERSON } as const;

/** Behind the first page, in the middle of what was stored. */
async function overwritePages(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  const { size } = await handle.stat();
  const garbage = Buffer.alloc(Math.floor(size / 4), 0xa5);
  await handle.write(garbage, 0, garbage.length, Math.floor(size / 2));
}

const damages: Readonly<Record<string, (file: string) => void | Promise<void>>> = {
  'pages overwritten': overwritePages,
  'a file cut short': (file) => truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096),
  'a file that is no database': (file) => writeFileSync(file, 'These are notes and no database. '.repeat(2_000)),
};

/** The archive that is listed as damaged holds what lay on the volume. */
async function assertKept(folder: string, entry: BackupEntry | undefined, bytes: Buffer): Promise<void> {
  assert.equal(entry?.state, 'damaged');
  assert.equal(entry.sidecar?.manifest.kind, 'safety');
  const stage = join(folder, 'unpacked');
  await mkdir(stage);
  await tarZst.extract(join(folder, `${entry.name}.tar.zst`), stage, entry.sidecar.manifest.files);
  const kept = readFileSync(join(stage, 'sqlite/bot.db'));
  assert.ok(withoutJournalMode(kept).equals(withoutJournalMode(bytes)), 'its files are kept as they were');
}

/** A copy is one file without a log, which changes nothing but the header: its mode, and twice the counter of changes. */
function withoutJournalMode(file: Buffer): Buffer {
  const same = Buffer.from(file);
  for (const [start, end] of [
    [18, 20],
    [24, 28],
    [92, 100],
  ] as const)
    same.fill(0, start, end);
  return same;
}

/** Where nothing runs, there is nothing to be saved of it. */
const damagesWhileItRuns: typeof damages = { ...damages, 'a file that was emptied': (file) => truncateSync(file, 0) };

for (const [what, damage] of Object.entries(damagesWhileItRuns)) {
  test(`a running bot goes back although its database is damaged: ${what}`, async (t) => {
    const { log, lines } = recordingLog();
    const app = await openTestApp(t, { firstLesson: false, log });
    const { backups } = app;
    await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning. '.repeat(200));
    const { entry } = await backups.create(MANUAL);
    await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day. '.repeat(200));
    const file = app.knowledge.store.file;
    await damage(file);

    await assert.rejects(backups.create(MANUAL), { code: 'damaged', message: /go back to one|Restore a backup/ });
    const preview = await backups.preview(entry.name);
    assert.equal(preview.undoable, false);
    assert.match(preview.remarks.map(({ en }) => en).join(), /is damaged .*no way back to it.*listed as damaged/);
    const { safety, documents } = await backups.restore(entry.name, PERSON);
    assert.equal(documents, 1);
    assert.deepEqual(titlesOf(app), ['lighthouse']);
    const listed = await backups.list();
    assert.deepEqual(
      listed.map(({ name, state }) => [name, state]),
      [
        [safety.name, 'damaged'],
        [entry.name, 'good'],
      ],
    );
    await assert.rejects(backups.restore(safety.name, PERSON), {
      code: 'damaged',
      message: new RegExp(`${safety.name} is damaged.*next-best backup is ${entry.name}`),
    });
    assert.ok(lines.some(({ message }) => /cannot be backed up; its files will be kept/.test(message)));
    const { kept } = await backups.cleanup({ dryRun: true });
    assert.ok(
      kept.some(({ name }) => name === safety.name),
      'retention leaves it alone',
    );
    await teachApp(app, 'harbour', 'The harbour master is called Ines.');
    assert.equal((await backups.create(MANUAL)).entry.state, 'good', 'all is well again');
    assert.deepEqual(
      readdirSync(dirname(file)).filter((name) => /stage|before|journal/.test(name)),
      [],
    );
  });
}

async function seeded(folders: Folders): Promise<string> {
  {
    await using base = await openBase(folders);
    await teach(base, GUILD, 'Lighthouse', 'The lighthouse opens at nine in the morning. '.repeat(200));
  }
  await using shell = await openBackupShell(parseConfig(environmentOf(folders)), { log: recordingLog().log });
  return (await shell.manager.create(MANUAL)).entry.name;
}

test('a shell goes back where the bot cannot start', async (t) => {
  const folders = foldersIn(realpathSync(tempFolder(t)));
  const name = await seeded(folders);
  await overwritePages(folders.database);
  const bytes = readFileSync(folders.database);
  const args = [CLI, 'backup', 'restore', name, '--yes', '--json'];
  const { stdout, stderr } = await run(process.execPath, args, {
    cwd: dirname(folders.database),
    env: environmentOf(folders),
  });
  assert.match(stderr, /is damaged .*no way back to it/);
  const restored = JSON.parse(stdout) as RestoreResult;
  assert.equal(restored.documents, 1);
  await assertKept(join(dirname(folders.database), 'backups'), restored.safety, bytes);
  await using base = await openBase(folders);
  const { passages } = await base.library.search(GUILD, 'When does the lighthouse open?', 1);
  assert.equal(passages[0]?.title, 'Lighthouse');
});

test('of databases that were damaged again and again the newest three are kept', async (t) => {
  const folders = foldersIn(realpathSync(tempFolder(t)));
  const name = await seeded(folders);
  const { log, lines } = recordingLog();
  const asides: string[] = [];
  for (const damage of [...Object.values(damages), overwritePages]) {
    await damage(folders.database);
    await using shell = await openBackupShell(parseConfig(environmentOf(folders)), { log, restores: true });
    asides.unshift((await shell.manager.restore(name, PERSON)).safety.name);
  }
  await using shell = await openBackupShell(parseConfig(environmentOf(folders)), { log });
  assert.deepEqual(
    (await shell.manager.list()).map((entry) => entry.name),
    [...asides.slice(0, 3), name],
  );
  assert.ok(
    lines.some(({ message }) => message.startsWith(`Removed ${asides[3] ?? '?'}`)),
    'which is said',
  );
});
