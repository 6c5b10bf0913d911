import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { readMigrations } from '../../src/adapters/sqlite/migrate.ts';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { isAppError } from '../../src/errors.ts';
import { tempFolder, tempStore } from '../support/temp-store.ts';

const newest = readMigrations().length;

test('a new database has the newest schema and a write-ahead log', (t) => {
  const { store, file } = tempStore(t);
  assert.equal(store.schemaVersion, newest);
  const other = new Database(file, { readonly: true });
  t.after(() => other.close());
  assert.equal(other.pragma('journal_mode', { simple: true }), 'wal');
  assert.equal(other.pragma('user_version', { simple: true }), newest);
});

for (let version = 1; version < newest; version += 1) {
  test(`a database of schema version ${version} is brought up to date and keeps what it holds`, (t) => {
    const file = join(tempFolder(t), 'old.db');
    openStoreOfVersion(file, version);
    const before = new Database(file);
    before
      .prepare(
        `INSERT INTO documents (guild_id, title, name, search_key, content_hash, size_bytes, added_by, added_at, state)
         VALUES ('g1', 'Kept', 'k.md', 'kept', 'hash', 1, 'u1', 1, 'ready')`,
      )
      .run();
    before.close();
    const store = openStore({ file, timeoutMs: 100 });
    t.after(() => store.close());
    assert.deepEqual(store.knowledge.documents('g1', { offset: 0, limit: 9 }).items.map((d) => d.title), ['Kept']); // prettier-ignore
    assert.equal(store.jobs.addJob('purge', 'g1', 1, 1).state, 'queued');
    assert.equal(store.settings.setting('global', 'none'), undefined);
  });
}

/** As a program left it that knew no more than this version. */
function openStoreOfVersion(file: string, version: number): void {
  const db = new Database(file);
  for (const { sql } of readMigrations().slice(0, version)) db.exec(sql);
  db.pragma(`user_version = ${version}`);
  db.pragma('application_id = 1313166146');
  db.close();
}

test('a migration that fails half-way leaves the database as it was', (t) => {
  const { store, file, reopen } = tempStore(t);
  store.settings.saveSetting('global', 'k', 1);
  store.close();
  const broken = {
    version: newest + 1,
    name: 'broken.sql',
    sql: 'DELETE FROM settings; CREATE TABLE x (y); NONSENSE;',
  };
  assert.throws(() => openStore({ file, timeoutMs: 100, migrations: [...readMigrations(), broken] }), isAppError);
  const again = reopen();
  assert.equal(again.settings.setting('global', 'k'), 1);
});

test('a database of a newer program is refused, untouched, with both versions named', (t) => {
  const { store, file } = tempStore(t);
  store.close();
  const db = new Database(file);
  db.pragma('user_version = 99');
  db.close();
  const bytes = readFileSync(file);
  assert.throws(
    () => openStore({ file, timeoutMs: 100 }),
    (error) => isAppError(error, 'config') && error.message.includes('99') && error.message.includes(`up to ${newest}`),
  );
  assert.deepEqual(readFileSync(file), bytes);
});

test('a database of another program is refused and not changed', (t) => {
  const file = join(tempFolder(t), 'theirs.db');
  const db = new Database(file);
  db.exec('CREATE TABLE theirs (x)');
  db.close();
  const bytes = readFileSync(file);
  assert.throws(() => openStore({ file, timeoutMs: 100 }), (error) => isAppError(error, 'config')); // prettier-ignore
  assert.deepEqual(readFileSync(file), bytes);
});

test('a file that is no database, or only part of one, is called damaged', (t) => {
  const folder = tempFolder(t);
  const noise = join(folder, 'noise.db');
  writeFileSync(noise, 'This is a shopping list, and a long one at that.\n'.repeat(100));
  assert.throws(() => openStore({ file: noise, timeoutMs: 100 }), (error) => isAppError(error, 'damaged')); // prettier-ignore
  const { store, file } = tempStore(t);
  store.close();
  truncateSync(file, Math.floor(statSync(file).size / 2));
  assert.throws(() => openStore({ file, timeoutMs: 100 }), (error) => isAppError(error, 'damaged')); // prettier-ignore
});

test('a damaged file is not kept open, whose log would otherwise be deleted under what takes its place', (t) => {
  const { store, file } = tempStore(t);
  store.close();
  truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096);
  assert.throws(() => openStore({ file, timeoutMs: 100 }), (error) => isAppError(error, 'damaged')); // prettier-ignore
  assert.deepEqual(readdirSync(dirname(file)), [basename(file)]);
});

test('a folder that does not exist is a mistake in the settings', (t) => {
  const file = join(tempFolder(t), 'missing', 'store.db');
  assert.throws(() => openStore({ file, timeoutMs: 100 }), (error) => isAppError(error, 'config')); // prettier-ignore
});

test('while another process holds the database, writing says so after the time-out', (t) => {
  const { store, file, reopen } = tempStore(t);
  store.close();
  const other = new Database(file);
  t.after(() => other.close());
  const impatient = openStore({ file, timeoutMs: 1 });
  t.after(() => impatient.close());
  other.exec('BEGIN IMMEDIATE');
  assert.throws(() => impatient.settings.saveSetting('g', 'k', 1), (error) => isAppError(error, 'busy')); // prettier-ignore
  other.exec('ROLLBACK');
  impatient.settings.saveSetting('g', 'k', 1);
  assert.equal(reopen().settings.setting('g', 'k'), 1);
});

test('closing moves the write-ahead log into the file, and closing twice is nothing', (t) => {
  const { store, file } = tempStore(t);
  store.settings.saveSetting('g', 'k', 1);
  store.close();
  store.close();
  assert.equal(existsSync(`${file}-wal`), false);
});

test('the volume probe writes, reads back and leaves nothing', async (t) => {
  const { store, file } = tempStore(t);
  await store.probe.probe();
  const other = new Database(file, { readonly: true });
  t.after(() => other.close());
  assert.deepEqual(other.prepare('SELECT * FROM settings').all(), []);
  store.close();
  await assert.rejects(store.probe.probe());
});

test('another journal mode can be asked for', (t) => {
  const file = join(tempFolder(t), 'store.db');
  const store = openStore({ file, timeoutMs: 100, journalMode: 'DELETE' });
  t.after(() => store.close());
  assert.equal(existsSync(`${file}-wal`), false);
  assert.throws(() => openStore({ file, timeoutMs: 100, journalMode: 'sideways' }), (error) => isAppError(error, 'config')); // prettier-ignore
});
