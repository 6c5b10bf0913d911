import Database from 'better-sqlite3';
import { AppError } from '../../errors.ts';
import type { Cell, ImportTarget, Row, TableShape } from '../../backup/portable/model.ts';
import { openConnection } from './connection.ts';
import { translateError } from './errors.ts';
import { markerSetting } from './peek.ts';
import { createSettings } from './settings.ts';
import { openStore, type StoreOptions } from './open.ts';
import { quoted, tableShapes } from './shapes.ts';

/** What a bot writes by itself before anybody taught or asked it anything. */
const BOOKKEEPING = new Set(['settings', 'spaces', 'usage']);
const JSON_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  documents: ['failure'],
  chunks: ['headings'],
  jobs: ['failure'],
  settings: ['value'],
};

/** What must hold beyond what the schema says, with the words for where it does not. */
const RULES: readonly (readonly [string, string])[] = [
  [
    'SELECT 1 FROM chunks c JOIN documents d ON d.id = c.document_id WHERE c.guild_id <> d.guild_id',
    'a passage belongs to another server than its document',
  ],
  ['SELECT 1 FROM vectors WHERE length(vector) = 0 OR length(vector) % 4 <> 0', 'a vector has an impossible length'],
  [
    'SELECT 1 FROM vectors GROUP BY space HAVING min(length(vector)) <> max(length(vector))',
    'the vectors of a space differ in length',
  ],
  [
    "SELECT 1 FROM chunks WHERE json_type(headings) <> 'array' OR EXISTS (SELECT 1 FROM json_each(headings) WHERE type <> 'text')",
    'the headings of a passage are no list of texts',
  ],
];

export interface ImportTargetOptions extends StoreOptions {
  /** Whose the database is from then on, and on which timeline: the export's marker is of where it came from. */
  readonly marker: unknown;
}

/** Opens a database, creating it where there is none, to fill it from an export. Nobody else may have it open. */
export function openImportTarget(options: ImportTargetOptions): ImportTarget {
  openStore(options).close(); // creates it, or brings its schema up to date
  return openConnection(options.file, { timeout: options.timeoutMs }, (db) => {
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    return target(db, options.marker);
  });
}

function target(db: Database.Database, marker: unknown): ImportTarget {
  const tables = tableShapes(db);
  const inserts = new Map(tables.map((shape) => [shape.name, inserter(db, shape)]));

  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      if (error instanceof Database.SqliteError && /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|ERROR)/.test(error.code)) {
        throw refused(error.message, error);
      }
      throw translateError(error);
    }
  };

  return {
    schemaVersion: Number(db.pragma('user_version', { simple: true })),
    tables,
    isEmpty: () =>
      tables.every(
        ({ name }) => BOOKKEEPING.has(name) || db.prepare(`SELECT 1 FROM ${quoted(name)} LIMIT 1`).get() === undefined,
      ),
    begin: () =>
      guarded(() => {
        db.exec('BEGIN IMMEDIATE');
        for (const { name } of tables.toReversed()) db.exec(`DELETE FROM ${quoted(name)}`);
      }),
    insert: (table, row) => guarded(() => inserts.get(table)?.(row)),
    commit: (sequences) =>
      guarded(() => {
        for (const [sql, words] of RULES) if (db.prepare(`${sql} LIMIT 1`).get() !== undefined) throw refused(words);
        const raise = db.prepare('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?');
        const add = db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)');
        for (const [name, last] of Object.entries(sequences)) {
          if (!tables.some((table) => table.name === name)) throw refused(`there is no table ${JSON.stringify(name)}`);
          if (raise.run(last, name).changes === 0) add.run(name, last);
        }
        createSettings(db).saveSetting(markerSetting.scope, markerSetting.key, marker);
        db.exec('COMMIT');
        db.pragma('wal_checkpoint(TRUNCATE)');
      }),
    [Symbol.dispose]() {
      if (db.inTransaction) db.exec('ROLLBACK');
      db.close();
    },
  };
}

function inserter(db: Database.Database, { name, columns }: TableShape): (row: Row) => void {
  const names = columns.map((column) => quoted(column.name)).join(', ');
  const insert = db.prepare(`INSERT INTO ${quoted(name)} (${names}) VALUES (${columns.map(() => '?').join(', ')})`);
  const json = JSON_COLUMNS[name] ?? [];
  return (row) => {
    for (const column of json) if (!isJson(row[column] ?? null)) throw refused(`${name}.${column} holds no JSON`);
    insert.run(
      columns.map(({ name: column, type }) => {
        const cell = row[column] ?? null;
        return type === 'blob' && typeof cell === 'string' ? Buffer.from(cell, 'base64') : cell;
      }),
    );
  };
}

function isJson(cell: Cell): boolean {
  if (cell === null) return true;
  try {
    JSON.parse(String(cell));
    return true;
  } catch {
    return false;
  }
}

function refused(what: string, cause?: unknown): AppError {
  return new AppError('damaged', `The file cannot be imported: ${what}. Nothing was changed.`, { cause });
}
