import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Names the generations of the log: `nescordbot-log:` and a random number, with SQLite's counter of schema changes. */
export const GENERATION = /nescordbot-log:(none|[0-9a-f]{32}):(\d+)/g;

export interface LogGeneration extends Disposable {
  /** Begins to name generations. For a sole user in a log of its own, so that a copy from before is told from the file. */
  begin(isSole: boolean): void;
  /** Names the next one where the log was begun anew since; after a write, outside of transactions. */
  follow(): void;
  /** Looks into another file from now on: the log was made anew. */
  reopen(): void;
}

const SALTS_AT = 16;
const SALTS_BYTES = 8;

/** Each time SQLite begins the log anew, the first that we write into it says which generation of the database that is. */
export function createLogGeneration(db: Database.Database, file: string): LogGeneration {
  const next = db.prepare<[string]>('UPDATE log_generations SET previous = current, current = ? WHERE id = 1');
  const salts = Buffer.alloc(SALTS_BYTES);
  let log = openLog();
  let known = '';
  let isNaming = false;

  /** Null where there is none. Nobody locks it, so that it may be opened and closed here, unlike the database. */
  function openLog(): number | null {
    if (!hasLog()) return null;
    db.prepare('SELECT 1 FROM sqlite_schema').get(); // SQLite makes it with the first look into the database
    return openSync(`${file}-wal`, 'r');
  }

  function closeLog(): void {
    if (log !== null) closeSync(log);
    log = null;
  }

  function saltsNow(): string {
    if (log === null) return known;
    return readSync(log, salts, 0, SALTS_BYTES, SALTS_AT) < SALTS_BYTES ? '' : salts.toString('hex');
  }

  /** What is not written, on a full disk say, is only missing: a log without a name is taken for the file's own. */
  function write(): void {
    try {
      const schema = Number(db.pragma('schema_version', { simple: true }));
      db.pragma('synchronous = NORMAL');
      next.run(`nescordbot-log:${randomBytes(16).toString('hex')}:${schema}`);
      known = saltsNow();
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error; // the next write tries again
    } finally {
      db.pragma('synchronous = FULL');
    }
  }

  function moveIntoFile(): void {
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error; // it stays beside the file, and is whole
    }
  }

  function hasLog(): boolean {
    return db.pragma('journal_mode', { simple: true }) === 'wal';
  }

  return {
    follow() {
      if (isNaming && log !== null && !db.inTransaction && saltsNow() !== known) write();
    },
    begin(isSole) {
      if (log === null) return;
      isNaming = true;
      if (!isSole) return;
      write();
      moveIntoFile();
    },
    reopen() {
      closeLog();
      log = openLog();
    },
    [Symbol.dispose]: closeLog,
  };
}
