import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { openStore, type Store } from '../../src/adapters/sqlite/open.ts';
import { assertOwnLog } from '../../src/adapters/sqlite/stale-log.ts';
import { tempFolder } from '../support/temp-store.ts';

interface Stage {
  readonly t: TestContext;
  /** The volume as a crash would leave it. */
  readonly file: string;
  /** As it is while the bot runs. */
  readonly live: string;
  store: Store;
}

const key = (number: number) => `key ${String(number).padStart(3, '0')}`;

/** A bot that has run before, and runs. */
function stageIn(t: TestContext): Stage {
  const [live, file] = ['live', 'volume'].map((name) => join(tempFolder(t), name, 'bot.db')) as [string, string];
  mkdirSync(dirname(live));
  const stage: Stage = { t, live, file, store: start(live) };
  t.after(() => stage.store.close());
  save(stage, 1);
  restart(stage);
  save(stage, 2);
  return stage;
}

function start(file: string): Store {
  const store = openStore({ file, timeoutMs: 1_000 });
  store.nameLog(true);
  return store;
}

function restart(stage: Stage): void {
  stage.store.close();
  stage.store = start(stage.live);
}

const save = ({ store }: Stage, number: number) => store.settings.saveSetting('global', key(number), number);

/** The bot is killed: its files are as they lie there, not closed by anybody. */
function crash({ live, file }: Stage): void {
  cpSync(dirname(live), dirname(file), { recursive: true });
  assert.ok(statSync(`${file}-wal`).size > 0, 'there is a log');
}

/** Somebody puts a copy in the place of the file, and leaves the log. */
function crashAndPutBack(stage: Stage, copy: string): void {
  save(stage, 3);
  crash(stage);
  copyFileSync(copy, stage.file);
}

/** Enough for SQLite to move the log into the file and to begin it anew. */
function turnLog(stage: Stage): void {
  const log = () => readFileSync(`${stage.live}-wal`).subarray(16, 24).toString('hex');
  const before = log();
  const text = 'x'.repeat(100_000);
  for (let number = 100; log() === before; number += 1) {
    stage.store.settings.saveSetting('global', key(number), text);
    assert.ok(number < 999, 'the log was not begun anew');
  }
}

function copyOf(stage: Stage, name: string, make: (from: string, to: string) => void): string {
  const copy = join(dirname(dirname(stage.live)), name);
  make(stage.live, copy);
  return copy;
}

const vacuumed = (from: string, to: string): void => {
  const db = new Database(from);
  db.prepare('VACUUM INTO ?').run(to);
  db.close();
};
/** In a process of its own: closing the file here would take the locks of the open store away. */
const copied = (from: string, to: string): void => void execFileSync('cp', ['--', from, to]);
const backedUp = async (from: string, to: string): Promise<void> => {
  const db = new Database(from, { readonly: true });
  await db.backup(to);
  db.close();
};
/** As our own backups have it: one file that needs no log. */
const asOurs = async (from: string, to: string): Promise<void> => {
  await backedUp(from, to);
  const db = new Database(to);
  db.pragma('journal_mode = DELETE');
  db.close();
};

type Situation = (stage: Stage) => void | Promise<void>;

/** In each of them a database was put there by hand, and the log of the one before was left. */
const refused: Readonly<Record<string, Situation>> = {
  'the file of one of our backups': async (stage) => {
    const copy = join(dirname(stage.live), 'copy');
    await asOurs(stage.live, copy);
    crashAndPutBack(stage, copy);
  },
  'the file of one of our backups, by a rename': async (stage) => {
    const copy = join(dirname(stage.file), '..', 'copy');
    mkdirSync(dirname(stage.file));
    await asOurs(stage.live, copy);
    save(stage, 3);
    crash(stage);
    renameSync(copy, stage.file);
  },
  'a copy that SQLite packed (VACUUM INTO)': (stage) => {
    const copy = copyOf(stage, 'packed.db', vacuumed);
    crashAndPutBack(stage, copy);
  },
  'a copy that SQLite made (.backup), of minutes ago': async (stage) => {
    const copy = join(dirname(stage.live), 'copy');
    await backedUp(stage.live, copy);
    crashAndPutBack(stage, copy);
  },
  'a copy that SQLite made (.backup), of a day ago': async (stage) => {
    const copy = join(dirname(stage.live), 'copy');
    await backedUp(stage.live, copy);
    turnLog(stage);
    turnLog(stage);
    crash(stage);
    copyFileSync(copy, stage.file);
  },
  'the file itself, copied while the bot was stopped the last time': (stage) => {
    stage.store.close();
    const copy = copyOf(stage, 'cold.db', copied);
    stage.store = start(stage.live);
    crashAndPutBack(stage, copy);
  },
  'the file itself, copied while the bot was stopped long ago': (stage) => {
    stage.store.close();
    const copy = copyOf(stage, 'cold.db', copied);
    for (let time = 0; time < 3; time += 1) {
      stage.store = start(stage.live);
      save(stage, 3 + time);
      stage.store.close();
    }
    stage.store = start(stage.live);
    turnLog(stage);
    save(stage, 9);
    crash(stage);
    copyFileSync(copy, stage.file);
  },
  'the database of another bot': (stage) => {
    const other = join(dirname(dirname(stage.live)), 'other.db');
    const store = start(other);
    store.settings.saveSetting('global', 'other', 1);
    store.close();
    save(stage, 3);
    crash(stage);
    copyFileSync(other, stage.file);
  },
};

for (const [what, make] of Object.entries(refused)) {
  test(`an old log is refused over a database that was put there by hand: ${what}`, async (t) => {
    const stage = stageIn(t);
    await make(stage);
    const [bytes, log] = [readFileSync(stage.file), readFileSync(`${stage.file}-wal`)];
    assert.throws(() => assertOwnLog(stage.file), {
      code: 'config',
      message: /bot\.db-wal is not the log of .*delete .*bot\.db-wal and .*bot\.db-shm and start again/,
    });
    assert.deepEqual(
      [readFileSync(stage.file), readFileSync(`${stage.file}-wal`)],
      [bytes, log],
      'nothing was changed',
    );
    for (const suffix of ['-wal', '-shm']) rmSync(`${stage.file}${suffix}`);
    assertOwnLog(stage.file);
    const store = start(stage.file);
    t.after(() => store.close());
    assert.equal(store.settings.setting('global', key(9)), undefined);
    store.settings.saveSetting('global', 'new', 1);
  });
}

/** In each of them the log is the file's own, and what is in it must not be lost. */
const own: Readonly<Record<string, Situation>> = {
  'after a crash': crash,
  'after a crash without a word since the start': (stage) => {
    restart(stage);
    cpSync(dirname(stage.live), dirname(stage.file), { recursive: true });
  },
  'after a crash, when the log was begun anew several times': (stage) => {
    for (let time = 0; time < 3; time += 1) turnLog(stage);
    crash(stage);
  },
  'after a crash just after the log was begun anew, before anything of ours was in it': (stage) => {
    const other = new Database(stage.live);
    other.pragma('wal_checkpoint(TRUNCATE)');
    other.exec("INSERT INTO settings (scope, key, value) VALUES ('global', 'other', '1')");
    crash(stage);
    other.close();
  },
  'after a crash in the midst of moving the log into the file': (stage) => {
    const other = new Database(stage.live, { readonly: true });
    other.exec('BEGIN');
    other.prepare('SELECT * FROM settings').all(); // holds back what comes later
    save(stage, 3);
    const mover = new Database(stage.live);
    mover.pragma('wal_checkpoint(PASSIVE)');
    mover.close();
    save(stage, 4);
    crash(stage);
    other.close();
  },
  'after a power cut that took the end of the log': (stage) => {
    save(stage, 3);
    crash(stage);
    const log = readFileSync(`${stage.file}-wal`);
    writeFileSync(`${stage.file}-wal`, log.subarray(0, log.length - 1_000));
  },
  'after two crashes in a row': (stage) => {
    save(stage, 3);
    crash(stage);
    const again = start(stage.file);
    again.settings.saveSetting('global', key(4), 4);
    cpSync(dirname(stage.file), `${dirname(stage.file)}-2`, { recursive: true });
    again.close();
    rmSync(dirname(stage.file), { recursive: true });
    renameSync(`${dirname(stage.file)}-2`, dirname(stage.file));
  },
  'on another machine, to which database and log alone were copied, over those of an older bot': (stage) => {
    mkdirSync(dirname(stage.file));
    const older = start(stage.file);
    older.settings.saveSetting('global', 'older', 1);
    for (const suffix of ['', '-wal']) copied(`${stage.live}${suffix}`, `${stage.file}${suffix}`);
    older.close();
    for (const suffix of ['', '-wal']) copied(`${stage.live}${suffix}`, `${stage.file}${suffix}`);
    rmSync(`${stage.file}-shm`, { force: true });
  },
  'after a look with another program, which moved the log into the file': (stage) => {
    save(stage, 3);
    const other = new Database(stage.live);
    other.prepare('SELECT * FROM settings').all();
    other.pragma('wal_checkpoint(FULL)');
    other.exec("INSERT INTO settings (scope, key, value) VALUES ('global', 'other', '1')");
    other.close();
    save(stage, 4);
    crash(stage);
  },
  'after somebody packed and analysed the database while the bot ran': (stage) => {
    const other = new Database(stage.live);
    other.exec('VACUUM; ANALYZE');
    other.pragma('wal_checkpoint(TRUNCATE)');
    other.exec('VACUUM');
    other.close();
    crash(stage);
  },
  'after somebody packed it while the bot was stopped': (stage) => {
    stage.store.close();
    const other = new Database(stage.live);
    other.exec('VACUUM');
    other.close();
    stage.store = start(stage.live);
    save(stage, 3);
    crash(stage);
  },
  'of a bot that began with a restored backup': async (stage) => {
    stage.store.close();
    const copy = join(dirname(dirname(stage.live)), 'copy.db');
    await asOurs(stage.live, copy);
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${stage.live}${suffix}`, { force: true });
    renameSync(copy, stage.live);
    stage.store = start(stage.live);
    save(stage, 3);
    crash(stage);
  },
  'of a bot without our names in it, as older ones wrote it': (stage) => {
    stage.store.close();
    stage.store = openStore({ file: stage.live, timeoutMs: 1_000 });
    save(stage, 3);
    crash(stage);
  },
};

for (const [what, make] of Object.entries(own)) {
  test(`a log is taken for the database's own ${what}`, async (t) => {
    const stage = stageIn(t);
    await make(stage);
    const log = existsSync(`${stage.file}-wal`) ? readFileSync(`${stage.file}-wal`) : null;
    assertOwnLog(stage.file);
    assert.deepEqual(log === null ? null : readFileSync(`${stage.file}-wal`), log, 'nothing was changed');
    const store = start(stage.file);
    t.after(() => store.close());
    assert.equal(store.settings.setting('global', key(1)), 1);
    assert.equal(store.settings.setting('global', key(2)), 2);
  });
}

test('a log that SQLite would not read is none: what is left of a larger one, nothing at all, and a text', (t) => {
  const file = join(tempFolder(t), 'bot.db');
  start(file).close();
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(8_000), Buffer.from('This is no log. '.repeat(900))]) {
    writeFileSync(`${file}-wal`, bytes);
    assertOwnLog(file);
  }
  rmSync(`${file}-wal`);
  assertOwnLog(file);
  assertOwnLog(join(dirname(file), 'none.db'));
});
