import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '../../errors.ts';
import { diskFull, type CapturedPart, type ThreadContext } from '../../backup/ports.ts';
import { assertNotEmptied } from './emptied.ts';
import { dropFreePages } from './free-pages.ts';
import { describeCopy } from './snapshot-describe.ts';
import { copyDatabase, pinWithLog } from './snapshot-copy.ts';
import { translateError } from './errors.ts';

/** The database's name in a backup, whatever it is called on the volume. */
export const copyName = 'nescordbot.db';
/** 16 MB take some 40 ms: how long a cancelled copy goes on, and how long it keeps a writer waiting. */
const pagesAtATime = 4_096;

/**
 * Copies the database, inside a thread. With a write-ahead log the copy is of the instant of `onPinned`, and writers never
 * wait for it. The copy is scratch: it lasts no longer than the process, so nothing here waits for the disk.
 */
export async function captureSqlite(
  { file, folder }: { readonly file: string; readonly folder: string },
  { signal, ask }: ThreadContext,
): Promise<CapturedPart> {
  const target = join(folder, copyName);
  const { size: bytes } = await stat(file).catch((cause: NodeJS.ErrnoException): never => {
    throw cause.code === 'ENOENT' ? nothingThere(file, cause) : cause;
  });
  const left = { bytes };
  try {
    using source = closing(new Database(file, { readonly: true, fileMustExist: true }));
    await copy(source.db, target, signal, ask, left);
    foldLog(target, file);
    await dropFreePages(target);
    using made = closing(new Database(target));
    const { tables, knowledge, ...described } = describeCopy(made.db);
    await chmod(target, 0o600);
    const { size } = await stat(target);
    return {
      files: [{ path: copyName, sizeBytes: size }],
      counts: { tables, knowledge },
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

function nothingThere(file: string, cause: unknown): AppError {
  return new AppError(
    'not_found',
    {
      en: `There is no database ${file} yet, so there is nothing to back up. The bot makes it at its first start.`,
      ja: `データベース ${file} がまだないため、バックアップするものがありません。ボットの最初の起動時に作成されます。`,
    },
    { cause },
  );
}

/** The copied log goes into the copy, which then says of itself that it needs none: it is to be one file. */
function foldLog(target: string, source: string): void {
  using made = closing(new Database(target));
  made.db.pragma('synchronous = OFF');
  made.db.pragma('journal_mode = DELETE');
  assertNotEmptied(made.db, source);
}

async function copy(
  source: Database.Database,
  target: string,
  signal: AbortSignal,
  ask: ThreadContext['ask'],
  left: { bytes: number },
): Promise<void> {
  // Without a write-ahead log, a read transaction would keep writers out: there, each step of the copy locks for itself, and
  // it begins again when somebody wrote in between.
  const pins = source.pragma('journal_mode', { simple: true }) === 'wal';
  const hasLog = pins && (await pinWithLog(source, target, signal));
  if (pins) await ask('pinned');
  if (!hasLog || !(await copyDatabase(source.name, target, signal))) await copyPages(source, target, signal, left);
  if (pins) source.exec('COMMIT');
  else await ask('pinned');
}

async function copyPages(
  source: Database.Database,
  target: string,
  signal: AbortSignal,
  left: { bytes: number },
): Promise<void> {
  const pageBytes = Number(source.pragma('page_size', { simple: true }));
  await source.backup(target, {
    progress({ remainingPages }) {
      signal.throwIfAborted();
      left.bytes = remainingPages * pageBytes;
      return pagesAtATime;
    },
  });
}

function closing(db: Database.Database) {
  return { db, [Symbol.dispose]: () => void db.close() };
}
