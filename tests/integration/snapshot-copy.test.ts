import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { createSqliteSnapshot } from '../../src/adapters/sqlite/snapshot.ts';
import { temporaryFolder } from '../support/chroma.ts';
import { backupThreads as threads } from '../support/threads.ts';

const captures = 4;
const rows = 700;

/** Every transaction gives all rows the same number, the next one; a state that was never committed has two. */
async function openCounted(t: TestContext) {
  const file = join(await temporaryFolder(t), 'live.db');
  const db = new Database(file);
  t.after(() => db.close());
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = OFF');
  db.exec('CREATE TABLE counted (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, filler TEXT NOT NULL)');
  const insert = db.prepare('INSERT INTO counted (number, filler) VALUES (0, ?)');
  db.transaction(() => {
    for (let at = 0; at < rows; at += 1) insert.run('x'.repeat(2_000));
  })();
  const some = db.prepare('UPDATE counted SET number = ? WHERE id % 7 = ?');
  let last = 0;
  const advance = db.transaction((next: number) => {
    for (let rest = 0; rest < 7; rest += 1) some.run(next, rest);
  });
  return {
    file,
    db,
    last: () => last,
    advance: () => advance((last += 1)),
  };
}

function stateOf(copy: string): { numbers: number[]; integrity: string } {
  const db = new Database(copy, { readonly: true });
  try {
    const numbers = db.prepare<[], number>('SELECT DISTINCT number FROM counted').pluck().all();
    return { numbers, integrity: String(db.pragma('integrity_check', { simple: true })) };
  } finally {
    db.close();
  }
}

/** How the log is moved into the file and begun anew; by default once it has so many pages. */
const ways: Readonly<Record<string, (db: Database.Database, turn: number) => void>> = {
  'as the bot does': () => undefined,
  'after every few pages': (db, turn) => void (turn === 0 && db.pragma('wal_autocheckpoint = 50')),
  'by hand, beginning the log anew': (db) => void db.pragma('wal_checkpoint(RESTART)'),
  'by hand, cutting the log off': (db) => void db.pragma('wal_checkpoint(TRUNCATE)'),
};

for (const [way, checkpoint] of Object.entries(ways))
  test(`a copy is one committed state, not older than its beginning nor newer than its pin, with checkpoints ${way}`, async (t) => {
    const { file, db, last, advance } = await openCounted(t);
    db.pragma('busy_timeout = 0'); // a checkpoint that a reader stands in the way of is left for the next turn
    const source = createSqliteSnapshot({ file, threads });
    const enough = new AbortController();
    let isStill = false;
    const writing = (async () => {
      for (let turn = 0; !enough.signal.aborted; turn += 1) {
        if (!isStill) {
          advance();
          checkpoint(db, turn);
        }
        await setImmediate();
      }
    })();
    let commits = 0;
    for (let at = 0; at < captures; at += 1) {
      const folder = join(file, '..', `copy-${at}`);
      mkdirSync(folder);
      const before = last();
      // Every other time the writer waits for the pin, as at the gate: then the copy is of exactly that state.
      isStill = at % 2 === 0;
      let pinned = -1;
      await source.capture(folder, undefined, () => {
        pinned = last();
        isStill = false;
      });
      commits += last() - pinned;
      const { numbers, integrity } = stateOf(join(folder, 'nescordbot.db'));
      const [number = -1] = numbers;
      assert.equal(integrity, 'ok');
      assert.equal(numbers.length, 1, `a mixture of ${numbers.join(', ')}`);
      assert.ok(before <= number && number <= pinned, `${before} ≤ ${number} ≤ ${pinned}`);
      assert.deepEqual(await readdir(folder), ['nescordbot.db'], 'one file');
    }
    enough.abort();
    await writing;
    assert.ok(commits > 0, 'something was written while copies were made');
    t.diagnostic(`${captures} copies, ${commits} transactions committed between their pins and their ends`);
  });

test("a copy leaves the bot's own locks in place", async (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux lists the locks');
  const { file, advance } = await openCounted(t);
  const folder = join(file, '..', 'copy');
  mkdirSync(folder);
  advance();
  const locks = () =>
    readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`:${statSync(file).ino} `)).length;
  assert.equal(locks(), 1);
  await createSqliteSnapshot({ file, threads }).capture(folder);
  assert.equal(locks(), 1);
});
