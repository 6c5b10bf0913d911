import type { Database } from 'better-sqlite3';
import type { KnowledgeStore } from '../../knowledge/store-ports.ts';
import { createRepeatable } from './repeatable.ts';

/** Pages of the full-text index that are written in one step: some 3 ms. */
const pagesAtATime = 4;

/**
 * Removed passages stay in FTS5's segments, and a note beside the segment says which: their words go when the segments are
 * merged. A negative number asks for all of them to become one, so many pages at a time; what is taught meanwhile joins in.
 */
export function createWipe(db: Database): Pick<KnowledgeStore, 'wipe'> {
  // The notes are the rows from here on (FTS5_TOMBSTONE_ROWID); where there is none, no segment has a removed passage.
  const hasRemoved = db.prepare<[], number>('SELECT 1 FROM chunk_words_data WHERE id >= 1 << 53 LIMIT 1').pluck();
  const merge = db.prepare<[number]>("INSERT INTO chunk_words (chunk_words, rank) VALUES ('merge', ?)");
  const repeatable = createRepeatable(db);
  return {
    wipe() {
      if (hasRemoved.get() === undefined) return emptyLog(db) ? 'done' : 'busy';
      repeatable(() => merge.run(-pagesAtATime));
      return 'more';
    },
  };
}

/** Moves the write-ahead log into the file and cuts it to nothing. False, at once, while another connection needs it. */
export function emptyLog(db: Database): boolean {
  const before = db.pragma('busy_timeout', { simple: true });
  db.pragma('busy_timeout = 0');
  try {
    const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
    return result?.busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${Number(before)}`);
  }
}
