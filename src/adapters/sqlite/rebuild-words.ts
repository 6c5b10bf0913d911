import Database from 'better-sqlite3';
import { translateError } from './errors.ts';

/** What the index has of the passages that follow; those that are in it already are replaced. */
export const INDEX_WORDS = `INSERT OR REPLACE INTO chunk_words (rowid, guild_id, place, words)
  SELECT id, guild_id, substr(words, 1, instr(words, char(10))), substr(words, instr(words, char(10)) + 1) FROM chunks`;

/** A short transaction each: the bot, which writes meanwhile, must not wait long. */
const batch = 500;

/**
 * Fills the index of words anew from the passages, which have all that is in it. A search meanwhile finds those that are in
 * already. Blocks for as long as it writes: for a thread of its own.
 * @returns how many passages are in it
 */
export function rebuildWords({ file, timeoutMs }: { readonly file: string; readonly timeoutMs: number }): number {
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { fileMustExist: true, timeout: timeoutMs });
    db.pragma('secure_delete = ON');
    db.prepare(`INSERT INTO chunk_words (chunk_words) VALUES ('delete-all')`).run();
    // Those that are added meanwhile are in it already, by the triggers.
    const fill = db.prepare<[number, number]>(`${INDEX_WORDS} WHERE id BETWEEN ? AND ?`);
    const last = db.prepare<[], number | null>('SELECT max(id) FROM chunks').pluck().get() ?? 0;
    let filled = 0;
    for (let from = 1; from <= last; from += batch) filled += fill.run(from, from + batch - 1).changes;
    return filled;
  } catch (error) {
    throw translateError(error);
  } finally {
    db?.close();
  }
}
