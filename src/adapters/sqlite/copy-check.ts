import { open } from 'node:fs/promises';
import Database from 'better-sqlite3';
import type { SqliteReport } from '../../backup/ports.ts';
import { AppError } from '../../errors.ts';
import { flawsIn } from './check-contents.ts';
import { schemaProblems } from './schema.ts';
import { describeCopy } from './snapshot-describe.ts';

const mostProblems = 20;

/** Opens a copy read-only, inside a thread, and looks through all of it. What is wrong is told, not thrown. */
export async function checkCopy({ file }: { readonly file: string }): Promise<SqliteReport> {
  const flaw = await headerFlaw(file);
  if (flaw !== null) return unreadable(flaw);
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      const problems = problemsIn(db);
      // Of one that is broken, its values would say nothing new.
      return { problems, flaws: problems.length > 0 ? [] : flawsIn(db), ...describeCopy(db) };
    } finally {
      db.close();
    }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return unreadable(`SQLite cannot read it: ${error.message} (${error.code})`);
  }
}

/** Looks through all of a database; in words, empty when it is sound. */
export function problemsIn(db: Database.Database): readonly string[] {
  // What a strange schema says is not run.
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  const integrity = db.prepare<[], string>(`PRAGMA integrity_check(${mostProblems})`).pluck().all();
  const broken = integrity.filter((line) => line !== 'ok');
  const others = broken.length > 0 ? [] : [...foreignKeyProblems(db), ...schemaProblems(db)];
  return [...broken, ...others].slice(0, mostProblems);
}

/** A file in WAL mode would be read with a log beside it, which a copy does not have. */
async function headerFlaw(file: string): Promise<string | null> {
  try {
    await using handle = await open(file, 'r');
    const header = Buffer.alloc(100);
    const { bytesRead } = await handle.read(header, 0, header.length, 0);
    if (bytesRead < header.length || header.toString('latin1', 0, 16) !== 'SQLite format 3\0')
      return 'it is no SQLite database';
    return header[18] === 1 && header[19] === 1 ? null : 'it needs a write-ahead log, which a copy has not';
  } catch (cause) {
    throw new AppError('not_found', `The database ${file} cannot be read: ${String(cause)}`, { cause });
  }
}

interface ForeignKeyRow {
  readonly table: string;
  readonly parent: string;
}

function foreignKeyProblems(db: Database.Database): string[] {
  const rows = db.prepare<[], ForeignKeyRow>(`SELECT "table", parent FROM pragma_foreign_key_check LIMIT 1000`).all();
  const counts = Map.groupBy(rows, ({ table, parent }) => `${table} without ${parent}`);
  return [...counts].map(([what, found]) => `${found.length} of ${what}`);
}

function unreadable(problem: string): SqliteReport {
  return {
    schemaVersion: 0,
    sqliteVersion: '',
    tables: {},
    knowledge: null,
    identity: null,
    spaces: [],
    problems: [problem],
  };
}
