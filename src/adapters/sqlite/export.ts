import type { Database } from 'better-sqlite3';
import type { AskedQuestion, ExportSource, Row } from '../../backup/portable/model.ts';
import { openConnection } from './connection.ts';
import { PRIVATE } from './insights.ts';
import { quoted, tableShapes } from './shapes.ts';

/** Opens a database for reading alone, as it is at this moment; a bot that has it open goes on writing meanwhile. */
export function openExportSource(file: string, timeoutMs = 20_000): ExportSource {
  return openConnection(file, { readonly: true, fileMustExist: true, timeout: timeoutMs }, (db) => {
    db.exec('BEGIN');
    return source(db);
  });
}

function source(db: Database): ExportSource {
  const tables = tableShapes(db);
  const sequences = db.prepare<[], { name: string; seq: number }>(
    'SELECT name, seq FROM sqlite_sequence ORDER BY name',
  );
  return {
    schemaVersion: Number(db.pragma('user_version', { simple: true })),
    sequences: Object.fromEntries(sequences.all().map(({ name, seq }) => [name, seq])),
    tables,
    count: (table) =>
      db
        .prepare<[], number>(`SELECT count(*) FROM ${quoted(table)}`)
        .pluck()
        .get() ?? 0,
    *rows(table) {
      // By the row's own number, or the key where there is none: the same order every time.
      const order = tables.find(({ name }) => name === table)?.columns.map((_, index) => index + 1) ?? [1];
      const statement = db.prepare<[], Record<string, unknown>>(
        `SELECT * FROM ${quoted(table)} ORDER BY ${hasRowid(db, table) ? 'rowid' : order.join(', ')}`,
      );
      for (const row of statement.iterate()) yield cells(row);
    },
    questions: () => db.prepare<[], AskedQuestion>(QUESTIONS).iterate(),
    [Symbol.dispose]: () => db.close(),
  };
}

/** Of one that was asked in private there is only that it was asked, and how it went. */
const unlessPrivate = (column: string): string => `iif(${PRIVATE}, '', ${column})`;
const QUESTIONS = `SELECT id, asked_at AS askedAt, guild_id AS guildId, ${unlessPrivate('channel_id')} AS channelId,
  ${unlessPrivate('user_id')} AS userId, ${unlessPrivate('question')} AS question, ${unlessPrivate('answer')} AS answer,
  outcome, rung, engine, duration_ms AS durationMs,
  (SELECT count(*) FROM feedback f WHERE f.question_id = q.id AND f.vote = 'up') AS up,
  (SELECT count(*) FROM feedback f WHERE f.question_id = q.id AND f.vote = 'down') AS down
  FROM questions q ORDER BY id`;

function hasRowid(db: Database, table: string): boolean {
  const withoutRowid = db.prepare<[string], number>(
    "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?",
  );
  return withoutRowid.pluck().get(table) === 0;
}

function cells(row: Record<string, unknown>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
        : value,
    ]),
  ) as Row;
}
