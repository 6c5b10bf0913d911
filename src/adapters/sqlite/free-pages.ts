import { statfsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { isOurs } from './migrate.ts';

/** Room for what is written next: 1 MB. */
const KEPT_PAGES = 256;
/** So many are given back in one step: some 2 ms. */
const PAGES_AT_A_TIME = 32;
const INCREMENTAL = 2;

/** Before the first table is made: then single pages can be given back at any time. Any other file is left as it is. */
export function allowShrinking(db: Database.Database): void {
  if (db.pragma('page_count', { simple: true }) === 0) setIncremental(db);
}

/** For one that is written next; to say it to one that has it already is a write. */
const setIncremental = (db: Database.Database) => db.pragma(`auto_vacuum = ${INCREMENTAL}`);

/** One short step of giving free pages back to the file system. False when there is nothing more to give. */
export function shrink(db: Database.Database): boolean {
  const { free, canShrink } = pagesOf(db);
  if (!canShrink || free <= KEPT_PAGES) return false;
  db.pragma(`incremental_vacuum(${Math.min(PAGES_AT_A_TIME, free - KEPT_PAGES)})`);
  return pagesOf(db).free < free; // a reader may keep them
}

/** A database of this size takes no longer than the rest of the start. */
const SMALL_BYTES = 250_000_000;
/** A larger one is worth the time where a quarter of it is free, and the largest ones never: the start waits for it. */
const LARGE_BYTES = 2_000_000_000;
/** What is kept is written to the log, and then to the file. */
const ROOM_TIMES = 2.2;

/**
 * Writes a database of an earlier version anew, once: from then on `shrink` gives its free pages back. In one transaction, so
 * that a crash leaves it as it was; for a thread of its own. False where it was not worth it, where there is no room for it,
 * while another process has it open, and for what is not ours or of a newer version.
 */
export function compactDatabase({ file }: { readonly file: string }): boolean {
  const db = new Database(file, { fileMustExist: true, timeout: 0 });
  try {
    if (!isOurs(db)) return false;
    const { free, all, bytes, canShrink } = pagesOf(db);
    const kept = (all - free) * bytes;
    const most = free < all / 4 ? SMALL_BYTES : LARGE_BYTES;
    const { bavail, bsize } = statfsSync(dirname(file));
    if (canShrink || kept > most || bavail * bsize < ROOM_TIMES * kept) return false;
    setIncremental(db);
    db.exec('VACUUM');
    db.pragma('wal_checkpoint(TRUNCATE)');
    return true;
  } catch (error) {
    // It is as it was. What is wrong with it, whoever opens it says.
    if (error instanceof Database.SqliteError) return false;
    throw error;
  } finally {
    db.close();
  }
}

/**
 * Takes the free pages out of a copy that nobody else has. It is written anew, unless it is large: where SQLite moved a row
 * that was removed since, it can still be read in the unused part of the page that it left. Where that cannot be done, all of
 * that stays in it: what is wrong with it is found when it is checked.
 */
export async function dropFreePages(file: string): Promise<void> {
  const without = `${file}.without`;
  try {
    const db = new Database(file, { fileMustExist: true });
    try {
      const { free, all, bytes, canShrink } = pagesOf(db);
      db.pragma('synchronous = OFF');
      // One that is damaged would be made to look sound, without what is missing.
      const isAnew = (all - free) * bytes <= SMALL_BYTES && db.pragma('integrity_check(1)', { simple: true }) === 'ok';
      if (!isAnew && (free === 0 || canShrink)) return void db.exec('PRAGMA incremental_vacuum');
      setIncremental(db);
      db.prepare('VACUUM INTO ?').run(without);
    } finally {
      db.close();
    }
    await rename(without, file);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    await rm(without, { force: true });
  }
}

function pagesOf(db: Database.Database) {
  const number = (name: string) => Number(db.pragma(name, { simple: true }));
  return {
    free: number('freelist_count'),
    all: number('page_count'),
    bytes: number('page_size'),
    canShrink: number('auto_vacuum') === INCREMENTAL,
  };
}
