import type { Database } from 'better-sqlite3';
import type { Position } from '../../backup/state-model.ts';

export interface Positions {
  /** How far the database has come, as committed. */
  position(): Position;
  /** When knowledge first moved beyond that, in milliseconds since the epoch, to the minute; null where it has not. */
  movedSince(knowledge: number): number | null;
}

const MINUTE_MS = 60_000;

/** Read at any time: it costs a few look-ups. */
export function createPositions(db: Database): Positions {
  const value = db.prepare<[string], number>('SELECT value FROM positions WHERE counter = ?').pluck();
  const after = db
    .prepare<[number], number>('SELECT minute FROM moments WHERE knowledge > ? ORDER BY knowledge LIMIT 1')
    .pluck();
  const last = db.prepare<[], number>('SELECT minute FROM moments ORDER BY knowledge DESC LIMIT 1').pluck();
  const position = db.transaction(() => ({ knowledge: value.get('knowledge') ?? 0, talk: value.get('talk') ?? 0 }));
  return {
    position,
    movedSince(knowledge) {
      if (position().knowledge <= knowledge) return null;
      const minute = after.get(knowledge) ?? last.get();
      return minute === undefined ? null : minute * MINUTE_MS;
    },
  };
}
