import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

export interface DatabasePeek {
  /** `empty`: no document, no question, no marker. `unreadable`: opening it will say why. */
  readonly state: 'absent' | 'empty' | 'content' | 'unreadable';
  /** As it was saved. */
  readonly marker: unknown;
}

/** Where the marker is among the settings. */
export const markerSetting = { scope: 'installation', key: 'marker' } as const;

/** Looks into a database that nobody may have opened yet, whatever its schema, and changes nothing. */
export function peekDatabase(file: string): DatabasePeek {
  if (!existsSync(file)) return { state: 'absent', marker: null };
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    const tables = new Set(db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all());
    const marker = tables.has('settings')
      ? db
          .prepare<[string, string], string>('SELECT value FROM settings WHERE scope = ? AND key = ?')
          .pluck()
          .get(markerSetting.scope, markerSetting.key)
      : undefined;
    if (marker !== undefined) return { state: 'content', marker: JSON.parse(marker) };
    const isOthers = tables.size > 0 && !tables.has('documents');
    if (isOthers) return { state: 'unreadable', marker: null };
    const rows = (table: string) =>
      tables.has(table) && db?.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined;
    return { state: rows('documents') || rows('questions') ? 'content' : 'empty', marker: null };
  } catch {
    return { state: 'unreadable', marker: null };
  } finally {
    db?.close();
  }
}
