import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { startMain } from '../support/start-main.ts';
import { emptyFolder } from '../support/start-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

test('when the lock files of a running bot are deleted, it makes them anew, and a second bot is kept out as ever', async (t) => {
  const DATA_DIR = emptyFolder(tempFolder(t), 'data');
  const bot = startMain(t, { DATA_DIR });
  await bot.said(/The playground is at/);
  const locks = [join(DATA_DIR, 'nescordbot.db.lock'), join(DATA_DIR, 'chromadb/nescordbot.lock')];
  for (const lock of locks) rmSync(lock);
  await Promise.all(
    locks.map((lock) =>
      bot.said(new RegExp(`The lock file ${lock.replaceAll('.', '\\.')} had been deleted and was made anew`)),
    ),
  );
  assert.ok(locks.every((lock) => existsSync(lock)));
  const second = startMain(t, { DATA_DIR });
  await second.said(/Another NescordBot is running on .*nescordbot\.db; waiting/);
  second.child.kill('SIGTERM');
  await second.ended;
  bot.child.kill('SIGTERM');
  assert.equal(await bot.ended, 0);
});

/** Stops the process at a moment at which it does not write: whoever came after it would wait for that in vain. */
async function stopAtRest({ pid = 0 }: Pick<ChildProcess, 'pid'>, file: string): Promise<void> {
  for (;;) {
    process.kill(pid, 'SIGSTOP');
    while (!/^\d+ \(.*\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await setImmediate();
    const db = new Database(file, { timeout: 0 });
    try {
      db.exec('BEGIN IMMEDIATE; ROLLBACK');
      return;
    } catch {
      process.kill(pid, 'SIGCONT');
    } finally {
      db.close();
    }
    await setImmediate();
  }
}

test('of two bots on one folder, whose lock files were deleted, both notice, and the second ends itself', async (t) => {
  const folder = tempFolder(t);
  const DATA_DIR = emptyFolder(folder, 'data');
  const lock = join(DATA_DIR, 'nescordbot.db.lock');
  const chromas = ['first', 'second'].map((name) => emptyFolder(folder, name)) as [string, string];
  const first = startMain(t, { DATA_DIR, CHROMADB_PERSIST_DIRECTORY: chromas[0] });
  await first.said(/The playground is at/);
  // Or it would have made the lock anew by the time the second is there.
  await stopAtRest(first.child, join(DATA_DIR, 'nescordbot.db'));
  rmSync(lock);
  const second = startMain(t, { DATA_DIR, CHROMADB_PERSIST_DIRECTORY: chromas[1] });
  await second.said(/The playground is at|Starting Chroma/);
  first.child.kill('SIGCONT');
  await first.said(/The lock file .*nescordbot\.db\.lock was deleted, and a second NescordBot has started/);
  await second.said(/Another NescordBot, \S+ \(pid \d+\), was running on .* before this one.*This one ends/);
  assert.equal(await second.ended, 1);
  await first.said(/nescordbot\.db\.lock had been deleted and was made anew/);
  assert.equal(existsSync(`${lock}-claim`), false);
  const third = startMain(t, { DATA_DIR, CHROMADB_PERSIST_DIRECTORY: chromas[1] });
  await third.said(/Another NescordBot is running on .*nescordbot\.db; waiting/);
  third.child.kill('SIGKILL');
  await third.ended;
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0);
});

test('whoever works on a folder that was moved away leaves the folder that lies there now alone', async (t) => {
  const DATA_DIR = emptyFolder(tempFolder(t), 'data');
  const PORT = '0';
  const bot = startMain(t, { DATA_DIR, PORT });
  await bot.said(/Health checks at|The playground is at/);
  renameSync(DATA_DIR, `${DATA_DIR}-away`);
  await bot.said(/The folder .*data is gone, and with it the database/);
  emptyFolder(DATA_DIR, '.');
  const other = startMain(t, { DATA_DIR, PORT });
  await other.said(/The playground is at/);
  await bot.said(/Another file lies in the place of the database/);
  assert.equal(existsSync(join(DATA_DIR, 'nescordbot.db.lock-claim')), false);
  bot.child.kill('SIGTERM');
  await bot.ended;
  other.child.kill('SIGTERM');
  assert.equal(await other.ended, 0, 'nobody took anything from it');
});
