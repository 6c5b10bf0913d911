import Database from 'better-sqlite3';
import { problemsIn } from './copy-check.ts';
import { isEmptied } from './emptied.ts';

/**
 * What is wrong with a database that may be open elsewhere, in words; empty when it is sound. Only reads, and blocks for as
 * long as that takes: for a thread of its own.
 */
export function checkLive({ file }: { readonly file: string }): readonly string[] {
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      return isEmptied(db) ? ['it is empty'] : problemsIn(db);
    } finally {
      db.close();
    }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return [`SQLite cannot read it: ${error.message} (${error.code})`];
  }
}
