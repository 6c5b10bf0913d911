import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { AppError } from '../../errors.ts';
import { GENERATION } from './log-generation.ts';

/**
 * A write-ahead log that lay there before somebody put the database file in its place would be laid over it, page by page:
 * what comes of that is neither of the two. Refused is only what cannot be the file that the log was begun over; a log
 * without a name of ours in it, of SQLite's shell say, is taken for the file's own.
 *
 * Nobody else may have the database open.
 * @throws AppError `config`, saying which files to remove
 */
export function assertOwnLog(file: string): void {
  const why = strangeness(file);
  if (why === null) return;
  throw new AppError('config', {
    en: `${file}-wal is not the log of ${file} (${why}): the database was put there by hand, and the log of the one before was left beside it. SQLite would lay it over the database and spoil it, so nothing was opened or changed. Is the database the right one? Then delete ${file}-wal and ${file}-shm and start again. If not, put back the file that lay there before.`,
    ja: `${file}-wal は ${file} のログではありません。データベースを手作業で置き換えたときに、以前のログが残ったようです。このまま開くと SQLite が古いログを上書き適用してデータベースを壊すため、何も開かず、変更もしていません。置いたデータベースが正しければ、${file}-wal と ${file}-shm を削除してから起動してください。そうでなければ、以前のファイルを元に戻してください。`,
  });
}

/** Why the log cannot be the file's; null where it can. */
function strangeness(file: string): string | null {
  const header = readStart(file, HEADER_BYTES);
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return null;
  const log = readLog(`${file}-wal`);
  if (log === null) return null;
  // SQLite writes into the file that it has a log before it makes one, and that it has none after removing it.
  if (header[18] === 1 && header[19] === 1) return 'the file says of itself that it has none';
  const pageBytes = header.readUInt16BE(16);
  if ((pageBytes === 1 ? 65_536 : pageBytes) !== log.pageBytes) return 'their pages are not of one size';
  const own = generationOf(file);
  if (own === null || log.generations.size === 0) return null;
  if (!log.generations.has(own)) return 'it was begun over another state of the database';
  const schema = header.readUInt32BE(40);
  return schema < Math.min(...log.schemas) ? 'the file is a copy that SQLite made of it' : null;
}

/** What the file itself says, without its log; null where it says nothing. */
function generationOf(file: string): string | null {
  try {
    const url = pathToFileURL(file);
    url.search = 'immutable=1';
    const db = new DatabaseSync(url, { readOnly: true });
    try {
      const row = db.prepare('SELECT current FROM log_generations').get();
      return typeof row?.['current'] === 'string' ? row['current'] : null;
    } finally {
      db.close();
    }
  } catch {
    return null; // an older schema, or damage, of which opening it says more
  }
}

interface Log {
  readonly pageBytes: number;
  /** Named in it, in whatever was committed. */
  readonly generations: ReadonlySet<string>;
  readonly schemas: readonly number[];
}

const HEADER_BYTES = 100;
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** A generation is named at once when it has begun; what comes later need not be read. */
const MOST_BYTES = 32 << 20;

/**
 * Reads it as SQLite would, which takes frames as long as their salts and their running checksum are right, up to the last
 * that ends a transaction (https://sqlite.org/fileformat2.html#the_write_ahead_log). Null where that is nothing.
 */
function readLog(file: string): Log | null {
  const bytes = readStart(file, MOST_BYTES);
  if (bytes.length < LOG_HEADER_BYTES) return null;
  const isBigEndian = bytes.readUInt32BE(0) === 0x377f0683;
  if (!isBigEndian && bytes.readUInt32BE(0) !== 0x377f0682) return null;
  const pageBytes = bytes.readUInt32BE(8);
  const sum = createSum(bytes, isBigEndian);
  sum.take(0, 24);
  if (!sum.isAt(24)) return null;
  const generations = new Set<string>();
  const schemas: number[] = [];
  let isCommitted = false;
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  for (let at = LOG_HEADER_BYTES; at + frameBytes <= bytes.length; at += frameBytes) {
    if (bytes.compare(bytes, 16, 24, at + 8, at + 16) !== 0) break;
    sum.take(at, 8);
    sum.take(at + FRAME_HEADER_BYTES, pageBytes);
    if (!sum.isAt(at + 16)) break;
    isCommitted ||= bytes.readUInt32BE(at + 4) !== 0;
    const page = bytes.toString('latin1', at + FRAME_HEADER_BYTES, at + frameBytes);
    for (const [name, , schema] of page.matchAll(GENERATION)) {
      generations.add(name);
      schemas.push(Number(schema));
    }
  }
  return isCommitted ? { pageBytes, generations, schemas } : null;
}

function createSum(bytes: Buffer, isBigEndian: boolean) {
  let [first, second] = [0, 0];
  const read = (at: number) => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  return {
    take(from: number, length: number): void {
      for (let at = from; at < from + length; at += 8) {
        first = (first + read(at) + second) >>> 0;
        second = (second + read(at + 4) + first) >>> 0;
      }
    },
    isAt: (at: number): boolean => bytes.readUInt32BE(at) === first && bytes.readUInt32BE(at + 4) === second,
  };
}

/** Nothing where there is no such file. */
function readStart(file: string, mostBytes: number): Buffer {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return Buffer.alloc(0);
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(size, mostBytes));
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
