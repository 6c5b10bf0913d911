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

/** One setting as it was saved; undefined where it cannot be had. Others may have the database open. */
export function peekSetting(file: string, scope: string, key: string): unknown {
  if (!existsSync(file)) return undefined;
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    const find = db.prepare<[string, string], string>('SELECT value FROM settings WHERE scope = ? AND key = ?').pluck();
    const value = find.get(scope, key);
    return value === undefined ? undefined : JSON.parse(value);
  } catch {
    return undefined; // not one of ours, or damaged: opening it says so
  } finally {
    db?.close();
  }
}

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
