import { chmod, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { diskFull, type CapturedPart, type ThreadContext } from '../../backup/ports.ts';
import { describeCopy } from './snapshot-describe.ts';
import { translateError } from './errors.ts';

/** The database's name in a backup, whatever it is called on the volume. */
export const copyName = 'nescordbot.db';
/** 16 MB take some 40 ms: how long a cancelled copy goes on, and how long it keeps a writer waiting where there is no WAL. */
const pagesAtATime = 4_096;

/**
 * Copies the database page by page over a connection of its own, inside a thread. In WAL mode the copy is of the instant
 * of `onPinned`, and writers never wait for it. Measured at 200 MB: 400–450 ms, `VACUUM INTO` 680, which besides cannot be
 * cancelled.
 */
export async function captureSqlite(
  { file, folder }: { readonly file: string; readonly folder: string },
  { signal, ask }: ThreadContext,
): Promise<CapturedPart> {
  const target = join(folder, copyName);
  const left = { bytes: (await stat(file)).size };
  try {
    using source = closing(new Database(file, { readonly: true, fileMustExist: true }));
    await copy(source.db, target, signal, ask, left);
    using made = closing(new Database(target));
    // The copy says of itself that it has a write-ahead log; as a file of its own it must not.
    made.db.pragma('journal_mode = DELETE');
    const { tables, ...described } = describeCopy(made.db);
    await settle(target, folder);
    const { size } = await stat(target);
    return {
      files: [{ path: copyName, sizeBytes: size }],
      counts: { tables },
      version: described.sqliteVersion,
      schemaVersion: described.schemaVersion,
      spaces: described.spaces,
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const isFull = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_FULL');
    throw isFull ? diskFull('the copy of the database', left.bytes, error) : translateError(error);
  }
}

async function copy(
  source: Database.Database,
  target: string,
  signal: AbortSignal,
  ask: ThreadContext['ask'],
  left: { bytes: number },
): Promise<void> {
  const pageBytes = Number(source.pragma('page_size', { simple: true }));
  // A read transaction pins the state. Without WAL it would keep writers out: there, each step locks for itself, and
  // the copy begins again when somebody wrote in between.
  const pins = source.pragma('journal_mode', { simple: true }) === 'wal';
  if (pins) {
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await ask('pinned');
  }
  await source.backup(target, {
    progress({ remainingPages }) {
      signal.throwIfAborted();
      left.bytes = remainingPages * pageBytes;
      return pagesAtATime;
    },
  });
  if (pins) source.exec('COMMIT');
  else await ask('pinned');
}

async function settle(target: string, folder: string): Promise<void> {
  await chmod(target, 0o600);
  for (const path of [target, folder]) {
    await using handle = await open(path, 'r');
    await handle.sync();
  }
}

function closing(db: Database.Database) {
  return { db, [Symbol.dispose]: () => void db.close() };
}
