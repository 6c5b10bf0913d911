import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Position } from '../../backup/state-model.ts';
import { createPositions } from './position.ts';

export interface DatabasePeek {
  /** `empty`: no document, no question, no marker. `unreadable`: opening it will say why. */
  readonly state: 'absent' | 'empty' | 'content' | 'unreadable';
  /** Whether there are vectors, which an index is made of. */
  readonly hasVectors: boolean;
  /** As it was saved, with the position that the database has come to. */
  readonly marker: unknown;
}

/** Where the marker is among the settings. */
export const markerSetting = { scope: 'installation', key: 'marker' } as const;

/** One setting as it was saved; undefined where it cannot be had. Others may have the database open. */
export function peekSetting(file: string, scope: string, key: string): unknown {
  return existsSync(file) ? lookInto(file, (db) => settingIn(db, scope, key), undefined) : undefined;
}

/** Looks into a database that nobody may have opened yet, whatever its schema, and changes nothing. */
export function peekDatabase(file: string): DatabasePeek {
  if (!existsSync(file)) return { state: 'absent', hasVectors: false, marker: null };
  return lookInto(file, contentOf, { state: 'unreadable', hasVectors: false, marker: null });
}

function contentOf(db: Database.Database): DatabasePeek {
  const tables = new Set(db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all());
  const marker = tables.has('settings') ? markerIn(db) : undefined;
  const rows = (table: string) => tables.has(table) && db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined;
  const hasVectors = rows('vectors');
  if (marker !== undefined) return { state: 'content', hasVectors, marker };
  const isOthers = tables.size > 0 && !tables.has('documents');
  if (isOthers) return { state: 'unreadable', hasVectors, marker: null };
  return { state: rows('documents') || rows('questions') ? 'content' : 'empty', hasVectors, marker: null };
}

/** What the bot notes in every database: whose it is, and which. @returns undefined where it has not yet */
export function markerIn(db: Database.Database): unknown {
  const marker = settingIn(db, markerSetting.scope, markerSetting.key);
  return typeof marker === 'object' ? { ...marker, position: positionIn(db) } : marker;
}

/** Null in a database that has not been brought up to date. */
export function positionIn(db: Database.Database): Position | null {
  const has = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'positions'").get();
  if (has === undefined) return null;
  return createPositions(db).position();
}

/** The marker of a database that others may have open; undefined where there is none. */
export function peekMarker(file: string): unknown {
  return existsSync(file) ? lookInto(file, markerIn, undefined) : undefined;
}

/** As `Positions.movedSince`, of a database that others may have open; null where it cannot be told. */
export function peekMovedSince(file: string, knowledge: number): number | null {
  return existsSync(file) ? lookInto(file, (db) => createPositions(db).movedSince(knowledge), null) : null;
}

function settingIn(db: Database.Database, scope: string, key: string): unknown {
  const find = db.prepare<[string, string], string>('SELECT value FROM settings WHERE scope = ? AND key = ?').pluck();
  const value = find.get(scope, key);
  return value === undefined ? undefined : JSON.parse(value);
}

/** @param otherwise what comes of one that is damaged, or not one of ours: opening it says so */
function lookInto<Found>(file: string, look: (db: Database.Database) => Found, otherwise: Found): Found {
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    return look(db);
  } catch {
    return otherwise;
  } finally {
    db?.close();
  }
}
