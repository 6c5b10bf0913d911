import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { compactDatabase } from '../../src/adapters/sqlite/free-pages.ts';
import { migrate, readMigrations } from '../../src/adapters/sqlite/migrate.ts';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { createSqliteSnapshot } from '../../src/adapters/sqlite/snapshot.ts';
import { openTestApp } from '../support/app.ts';
import { tempFolder } from '../support/temp-store.ts';
import { backupThreads } from '../support/threads.ts';

const child = fileURLToPath(new URL('../support/compact-child.ts', import.meta.url));

/** A database that held much and holds little. */
async function writeEmptied(file: string, autoVacuum: 'NONE' | 'INCREMENTAL', documents = 12): Promise<void> {
  const db = new Database(file);
  db.pragma(`auto_vacuum = ${autoVacuum}`);
  migrate(db, readMigrations());
  db.close();
  const store = openStore({ file, timeoutMs: 1_000 });
  for (let at = 0; at < documents; at += 1) {
    const content = Buffer.alloc(1_500_000, `document ${at} `);
    const given = {
      guildId: 'g1',
      title: `T${at}`,
      name: `t${at}.md`,
      url: null,
      content,
      addedBy: 'u1',
      replyTo: null,
    };
    store.knowledge.addDocument(given, 1);
  }
  for (const { id } of store.knowledge.documents('g1', { offset: 0, limit: documents - 1 }).items) {
    store.knowledge.removeDocument('g1', id, 2);
    store.knowledge.purgeChunks(id, []);
  }
  store.close();
}

function lookInto(file: string) {
  const db = new Database(file, { readonly: true });
  try {
    const number = (name: string) => Number(db.pragma(name, { simple: true }));
    return {
      free: number('freelist_count'),
      autoVacuum: number('auto_vacuum'),
      documents: db.prepare('SELECT title FROM documents').pluck().all(),
      contents: db.prepare('SELECT length(content) FROM document_contents').pluck().all(),
      problems: db.pragma('integrity_check', { simple: true }),
    };
  } finally {
    db.close();
  }
}

const whole = { documents: ['T0'], contents: [1_500_000], problems: 'ok' };
const about = ({ documents, contents, problems }: ReturnType<typeof lookInto>) => ({ documents, contents, problems });

test('what was removed is given back to the disk, in steps, with what is left whole', async (t) => {
  const file = join(tempFolder(t), 'bot.db');
  await writeEmptied(file, 'INCREMENTAL');
  const before = statSync(file).size;
  const store = openStore({ file, timeoutMs: 1_000 });
  let steps = 0;
  while (store.shrink()) steps += 1;
  store.close();
  assert.ok(before > 15_000_000 && steps > 50, `${before} bytes, ${steps} steps`);
  assert.ok(statSync(file).size < 4_000_000, `${statSync(file).size} bytes`);
  assert.deepEqual(about(lookInto(file)), whole);
});

test('the start takes the free pages out of a database of an earlier version, once', async (t) => {
  const folder = tempFolder(t);
  mkdirSync(join(folder, 'data'));
  const file = join(folder, 'data', 'bot.db');
  await writeEmptied(file, 'NONE');
  assert.equal(lookInto(file).autoVacuum, 0);
  const store = openStore({ file, timeoutMs: 1_000 });
  assert.equal(store.shrink(), false, 'which page can be moved is not known there');
  store.close();
  const app = await openTestApp(t, { firstLesson: false, env: { DATABASE_URL: file, ALLOW_EMPTY_START: 'true' } });
  assert.ok(statSync(file).size < 4_000_000);
  assert.equal(app.knowledge.store.shrink(), false);
  await app[Symbol.asyncDispose]();
  const found = lookInto(file);
  assert.equal(found.autoVacuum, 2);
  assert.equal(found.problems, 'ok');
  assert.deepEqual(found.contents, whole.contents);
  assert.equal(compactDatabase({ file }), false);
});

test('killed while it writes a database anew, it leaves it as it was, and the next start does it', async (t) => {
  const folder = tempFolder(t);
  const [kept, file] = [join(folder, 'kept.db'), join(folder, 'bot.db')];
  await writeEmptied(kept, 'NONE', 12);
  for (let afterMs = 0; afterMs < 60; afterMs += 6) {
    copyFileSync(kept, file);
    const compacting = spawn(process.execPath, [child, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(compacting, 'close');
    await once(compacting.stdout, 'data');
    await wait(afterMs);
    compacting.kill('SIGKILL');
    await ended;
    assert.deepEqual(about(lookInto(file)), whole, `killed ${afterMs} ms after it had begun`);
    compactDatabase({ file });
    assert.deepEqual([lookInto(file).autoVacuum, lookInto(file).free], [2, 0]);
  }
});

test('the database of another program, of a newer version or that is in use is not written anew', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'bot.db');
  await writeEmptied(file, 'NONE');
  const spoilt = (name: string, pragma: string) => {
    const other = join(folder, name);
    copyFileSync(file, other);
    const db = new Database(other);
    db.pragma(pragma);
    db.close();
    return other;
  };
  assert.equal(compactDatabase({ file: spoilt('other.db', 'application_id = 7') }), false);
  assert.equal(compactDatabase({ file: spoilt('newer.db', `user_version = ${readMigrations().length + 1}`) }), false);
  const reader = new Database(file);
  t.after(() => reader.close());
  reader.exec('BEGIN IMMEDIATE');
  assert.equal(compactDatabase({ file }), false);
  reader.exec('COMMIT');
  assert.equal(compactDatabase({ file }), true);
});

for (const autoVacuum of ['NONE', 'INCREMENTAL'] as const) {
  test(`a backup carries no free pages of a database with auto_vacuum = ${autoVacuum}`, async (t) => {
    const folder = tempFolder(t);
    const [file, target] = [join(folder, 'bot.db'), join(folder, 'copy')];
    mkdirSync(target);
    await writeEmptied(file, autoVacuum);
    const before = statSync(file).size;
    const part = await createSqliteSnapshot({ file, threads: backupThreads }).capture(target);
    const copy = join(target, part.files[0]?.path ?? '');
    assert.deepEqual({ ...about(lookInto(copy)), free: lookInto(copy).free }, { ...whole, free: 0 });
    assert.ok(statSync(copy).size < 2_500_000);
    assert.deepEqual(part.files, [{ path: 'nescordbot.db', sizeBytes: statSync(copy).size }]);
    assert.equal(statSync(file).size, before, 'the live one is as it was');
  });
}
