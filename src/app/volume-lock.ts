import { realpathSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../errors.ts';

/**
 * One process at a time may run the bot on a database, or exchange what it holds. As with Chroma's folder it is an
 * exclusive lock of SQLite's on an empty file of its own, which ends with the process, however that ends.
 * @throws AppError `conflict` while another process has it; `config` when the file cannot be made
 */
export function openVolumeLock(given: string): Disposable {
  const databaseFile = actual(given);
  try {
    const lock = new DatabaseSync(`${databaseFile}.lock`, { timeout: 0 });
    try {
      lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      throw error;
    }
    return { [Symbol.dispose]: () => lock.close() };
  } catch (cause) {
    if (cause instanceof Error && /locked|busy/.test(cause.message)) {
      throw new AppError(
        'conflict',
        `Another NescordBot is running on ${databaseFile}. Stop it first, or give this one a database of its own with ` +
          'DATABASE_URL and an index of its own with CHROMADB_PERSIST_DIRECTORY.',
        { cause },
      );
    }
    throw new AppError('config', `The lock file ${databaseFile}.lock cannot be written: ${String(cause)}`, { cause });
  }
}

/** The same for every name of the same file: a link to it is no database of its own. */
function actual(databaseFile: string): string {
  try {
    return realpathSync(databaseFile);
  } catch {
    return databaseFile; // there is none yet
  }
}
