import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { migrate, readMigrations } from '../../src/adapters/sqlite/migrate.ts';
import { createTarZst } from '../../src/adapters/archive/format.ts';
import { createSqliteCopyCheck } from '../../src/adapters/sqlite/snapshot.ts';
import { FORMAT } from '../../src/backup/model.ts';
import { openTestApp } from '../support/app.ts';
import { openRoom, MANUAL } from '../support/backup-room.ts';
import { openRestoreStage, PERSON } from '../support/restore-stage.ts';
import { tempFolder } from '../support/temp-store.ts';
import { backupThreads } from '../support/threads.ts';

const KEPT = fileURLToPath(new URL('../fixtures/backups', import.meta.url));
const names = readdirSync(KEPT)
  .filter((file) => file.endsWith('.tar.zst'))
  .map((file) => file.slice(0, -'.tar.zst'.length))
  .sort();

test('a real backup of every old schema is verified, rehearsed, restored and answers', async (t) => {
  const folder = join(tempFolder(t), 'backups');
  mkdirSync(folder, { mode: 0o700 });
  const app = await openTestApp(t, { firstLesson: false, env: { BACKUP_DIRECTORY: folder, BACKUP_KEEP: '50' } });
  cpSync(KEPT, folder, { recursive: true });
  const seen: string[] = [];
  for (const name of names) {
    const entry = await app.backups.verify(name, { drill: true });
    const { manifest, drilled } = entry.sidecar ?? assert.fail(`${name} has no sidecar`);
    assert.deepEqual([entry.state, entry.problem, drilled?.ok], ['good', null, true], name);
    const { remarks } = await app.backups.preview(name);
    const isUpdated = remarks.some(({ en }) => en.includes('is brought up to date'));
    assert.equal(isUpdated, manifest.schemaVersion < readMigrations().length);
    const { documents, questions } = await app.backups.restore(name, PERSON);
    assert.deepEqual([documents, questions], [2, 1], name);
    const [guildId = ''] = app.knowledge.store.knowledge.guildsWithDocuments();
    const { passages } = await app.knowledge.library.search(guildId, 'When does the lighthouse open?', 1);
    assert.match(passages[0]?.text ?? '', /nine in the morning/, name);
    seen.push(`format ${manifest.format}, schema ${manifest.schemaVersion}`);
  }
  const expected = [4, 5, 6].map((schema) => `format ${FORMAT}, schema ${schema}`);
  assert.deepEqual(seen.slice(0, expected.length), expected);
});

for (const { version } of readMigrations()) {
  test(`a database as migrations 1 to ${version} make it has no problem`, async (t) => {
    const file = join(tempFolder(t), 'nescordbot.db');
    const db = new Database(file);
    migrate(db, readMigrations().slice(0, version));
    db.close();
    const report = await createSqliteCopyCheck({ threads: backupThreads })(file);
    assert.deepEqual([report.schemaVersion, report.problems], [version, []]);
  });
}

const changes: Readonly<Record<string, { readonly sql: string; readonly problem: RegExp }>> = {
  'one more trigger': {
    sql: 'CREATE TRIGGER eats AFTER INSERT ON jobs BEGIN DELETE FROM chunks; END',
    problem: /the trigger eats is not of schema version/,
  },
  'one more view': { sql: 'CREATE VIEW looks AS SELECT 1', problem: /the view looks is not of/ },
  'one more table': { sql: 'CREATE TABLE others (x)', problem: /the table others is not of/ },
  'one more index': { sql: 'CREATE INDEX titles ON documents (title)', problem: /the index titles is not of/ },
  'a trigger less': { sql: 'DROP TRIGGER chunks_deleted', problem: /the trigger chunks_deleted is missing/ },
  'an index less': { sql: 'DROP INDEX vectors_by_chunk', problem: /the index vectors_by_chunk is missing/ },
  'a trigger that does something else': {
    sql: 'DROP TRIGGER chunks_deleted; CREATE TRIGGER chunks_deleted AFTER DELETE ON chunks BEGIN SELECT 1; END',
    problem: /the trigger chunks_deleted is not as schema version/,
  },
  'a column more': { sql: 'ALTER TABLE settings ADD COLUMN more TEXT', problem: /the table settings is not as/ },
  'another version than it states': {
    sql: `PRAGMA user_version = ${readMigrations().length - 1}`,
    problem: /is not of schema version|is not as schema version/,
  },
};

for (const [what, { sql, problem }] of Object.entries(changes)) {
  test(`a backup of a database with ${what} is neither made, nor good where somebody else made it`, async (t) => {
    const folder = join(tempFolder(t), 'backups');
    const room = await openRoom(t, { folder });
    const change = (file: string) => {
      const db = new Database(file);
      db.exec(sql);
      db.close();
    };
    const [database, ...others] = room.parts.sources;
    assert.ok(database !== undefined);
    const sources: typeof room.parts.sources = [
      {
        ...database,
        async capture(target, ...rest) {
          const part = await database.capture(target, ...rest);
          change(join(target, 'nescordbot.db'));
          return part;
        },
      },
      ...others,
    ];
    const refusing = await openRoom(t, { folder, sources });
    await assert.rejects(refusing.manager.create(MANUAL), { code: 'damaged', message: problem });
    assert.deepEqual(await refusing.manager.list(), []);

    const unaware = await openRoom(t, {
      folder,
      sources,
      checkSqliteCopy: async (file) => ({ ...(await room.parts.checkSqliteCopy(file)), problems: [] }),
    });
    const { name } = (await unaware.manager.create(MANUAL)).entry;
    const verified = await room.manager.verify(name);
    assert.equal(verified.state, 'damaged');
    assert.match(verified.problem ?? '', problem);
  });
}

test('a manifest that leaves out how many rows there are is not good, however sound the database', async (t) => {
  const room = await openRoom(t);
  for (const [left, said] of [
    [{}, /the manifest does not say how many rows/],
    [{ documents: 1 }, /documents has 0 rows, not 1/],
    [{ gone: 0 }, /gone is missing/],
  ] as const) {
    const unaware = await openRoom(t, {
      folder: room.folder,
      checkSqliteCopy: async (file) => {
        const report = await room.parts.checkSqliteCopy(file);
        return { ...report, tables: Object.keys(left).length === 0 ? {} : { ...report.tables, ...left } };
      },
    });
    const { name } = (await unaware.manager.create(MANUAL)).entry;
    const { state, problem } = await room.manager.verify(name);
    assert.equal(state, 'damaged');
    assert.match(problem ?? '', said);
  }
});

test('a backup with a trigger of somebody else is not restored, and what is there stays whole', async (t) => {
  const stage = await openRestoreStage(t, tempFolder(t));
  const trigger = 'CREATE TRIGGER eats AFTER INSERT ON feedback BEGIN DELETE FROM chunks; END';
  await stage.teach('lighthouse', 'The lighthouse opens at nine in the morning.');
  const { file } = stage.premises.knowledge().store;
  const live = new Database(file);
  live.exec(trigger);
  await stage.backUp('with-trigger');
  live.exec('DROP TRIGGER eats');
  live.close();
  await stage.teach('ferry', 'The ferry to the island leaves twice a day.');
  await assert.rejects(stage.restore.restore('with-trigger', PERSON), { code: 'damaged', message: /the trigger eats/ });
  assert.deepEqual(stage.titles(), ['ferry', 'lighthouse']);
  assert.deepEqual((await stage.found('When does the lighthouse open?'))[0], 'lighthouse');
});

test('a backup in the format of a newer program is not called damaged: it is listed, and refused with what to do', async (t) => {
  const room = await openRoom(t);
  const { name } = (await room.manager.create(MANUAL)).entry;
  const sidecar = join(room.folder, `${name}.manifest.json`);
  const written = readFileSync(sidecar, 'utf8');
  writeFileSync(sidecar, written.replace('"format": 1', `"format": ${FORMAT + 1}`));
  const [entry] = await room.manager.list();
  assert.deepEqual([entry?.name, entry?.state], [name, 'unverified']);
  assert.match(entry?.problem ?? '', /newer NescordBot \(format 2.*Update NescordBot/);

  const newest = createTarZst({ threads: backupThreads });
  const other = name.replace(/\d{6}$/, '235959');
  const packed = { file: join(room.folder, `${other}.tar.zst`), folder: room.folder, paths: [], level: 1 };
  await newest.write({ ...packed, manifest: () => `{"format": ${FORMAT + 1}}` });
  for (const verify of [() => room.manager.verify(other), () => room.source.find(other)]) {
    await assert.rejects(verify, { code: 'conflict', message: /newer NescordBot \(format 2.*Update NescordBot/ });
  }
});
