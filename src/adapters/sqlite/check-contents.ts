import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { ThreadContext } from '../../backup/ports.ts';
import type { ContentsReport, FlawedDocument } from '../../health/integrity/contents-model.ts';
import { createDocumentCheck, type CheckedDocument } from './document-check.ts';
import { translateError } from './errors.ts';
import { INDEX_WORDS } from './rebuild-words.ts';
import type { ChunkRow } from './rows.ts';

export interface ContentsRequest {
  readonly file: string;
  /** Where to begin: behind this document. */
  readonly after: number;
  /** Only these, wherever it begins. */
  readonly only?: readonly number[] | null;
  /** After so long the rest is left for another time. */
  readonly mostMs: number;
  /** How long a write waits for the bot that is writing. */
  readonly timeoutMs: number;
}

/** In a row, before others get the disk and the processor for as long. */
const AT_ONCE_MS = 20;
/** One transaction: the bot, which writes meanwhile, must not wait for longer than some milliseconds. */
const SEALED_AT_ONCE = 200;
const MOST_FLAWED = 1_000;

/**
 * Compares every document, passage and vector of a database that a bot has open with its hash, inside a thread. What follows
 * from the rest of a row is put right, the index of words, too; sound rows of before are given the checksum that they lack.
 */
export async function checkContents(request: ContentsRequest, { signal }: ThreadContext): Promise<ContentsReport> {
  const { file, only = null, timeoutMs } = request;
  const report = { documents: 0, passages: 0, vectors: 0, words: 0, after: null as number | null };
  const flawed: FlawedDocument[] = [];
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { fileMustExist: true, timeout: timeoutMs });
    db.pragma('secure_delete = ON');
    db.pragma('synchronous = NORMAL'); // what a power cut takes back is done again
    const check = createDocumentCheck(db);
    const mend = createMending(db);
    const begunAt = performance.now();
    let since = begunAt;
    for (let after = request.after; ;) {
      signal.throwIfAborted();
      const found = check.next(after);
      if (found === null || flawed.length === MOST_FLAWED) break;
      after = found.id;
      if (only !== null && !only.includes(found.id)) continue;
      report.documents += 1;
      report.passages += found.passages;
      report.vectors += found.vectors;
      report.words += await mend(found);
      if (found.flawed !== null) flawed.push(found.flawed);
      const now = performance.now();
      if (now - begunAt > request.mostMs) {
        report.after = after;
        break;
      }
      if (now - since < AT_ONCE_MS) continue;
      await wait(now - since);
      since = performance.now();
    }
    return { ...report, flawed };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw translateError(error);
  } finally {
    db?.close();
  }
}

/** What is wrong with the values of a copy that nobody has open, in words; empty when all have their hashes. */
export function flawsIn(db: Database.Database): string[] {
  const names = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  if (!['documents', 'document_contents', 'chunks', 'vectors'].every((name) => names.includes(name))) return [];
  const check = createDocumentCheck(db);
  const flaws: string[] = [];
  for (let found = check.next(0); found !== null && flaws.length < MOST_FLAWED; found = check.next(found.id)) {
    if (found.flawed !== null) flaws.push(inWords(found.flawed));
    else if (found.corrected !== null) flaws.push(`document ${found.id} is not kept as it was stored`);
  }
  return flaws;
}

function inWords({ id, title, content, record, passages, vectors }: FlawedDocument): string {
  const what = [
    ...(content ? ['its text'] : []),
    ...(record ? ['what is kept about it'] : []),
    ...(passages > 0 ? [`${passages} of its passages`] : []),
    ...(vectors.length > 0 ? [`${vectors.length} of its vectors`] : []),
  ].join(', ');
  return `document ${id} “${title}” is not as it was stored: ${what}`;
}

/** Writes what the rest of a document tells. @returns how many passages the index of words had otherwise */
function createMending(db: Database.Database) {
  const correct = db.prepare<[Record<string, string | number>]>(
    `UPDATE documents SET content_hash = :content_hash, size_bytes = :size_bytes, search_key = :search_key WHERE id = :id`,
  );
  const seals = {
    documents: db.prepare<[number, number]>('UPDATE documents SET checksum = ? WHERE id = ? AND checksum IS NULL'),
    chunks: db.prepare<[number, number]>('UPDATE chunks SET checksum = ? WHERE id = ? AND checksum IS NULL'),
    vectors: db.prepare<[number, number]>('UPDATE vectors SET checksum = ? WHERE id = ? AND checksum IS NULL'),
  };
  const index = db.prepare<[number]>(`${INDEX_WORDS} WHERE id = ?`);
  const isIndexed = createWordCheck(db);

  return async ({ id, corrected, unsealed, rows }: CheckedDocument & { readonly id: number }): Promise<number> => {
    if (corrected !== null) correct.run({ ...corrected, id });
    const { document } = unsealed;
    if (document !== null) seals.documents.run(document, id);
    for (const table of ['chunks', 'vectors'] as const) {
      const sums = [...unsealed[table]];
      for (let from = 0; from < sums.length; from += SEALED_AT_ONCE) {
        const some = sums.slice(from, from + SEALED_AT_ONCE);
        db.transaction(() => {
          for (const [row, sum] of some) seals[table].run(sum, row);
        }).immediate();
        await wait(1);
      }
    }
    const lost = rows.filter((row) => !isIndexed(row));
    for (const { id: chunkId } of lost) index.run(chunkId);
    return lost.length;
  };
}

const WORDS_ASKED = 2;

/**
 * Whether the index of words finds a passage by its longest words, which few others have: all of them, in their order, take
 * 25 ms a passage (measured). The index's own structure is SQLite's to check.
 */
function createWordCheck(db: Database.Database): (row: ChunkRow) => boolean {
  const find = db.prepare<[string, number]>('SELECT 1 FROM chunk_words WHERE chunk_words MATCH ? AND rowid = ?');
  return ({ id, words }) => {
    const distinct = new Set(words.slice(words.indexOf('\n') + 1).split(' '));
    const longest = [...distinct].sort((one, other) => other.length - one.length).slice(0, WORDS_ASKED);
    const match = longest.map((word) => `words : "${word.replaceAll('"', '""')}"`).join(' AND ');
    return longest[0] === '' || find.get(match, id) !== undefined;
  };
}
