import { realpathSync } from 'node:fs';
import { AppError } from '../errors.ts';
import { takeFileLock, type FileLock } from '../file-lock.ts';

/**
 * One process at a time may run the bot on a database, or exchange what it holds.
 * @throws AppError `conflict` while another process has it; `config` when the file cannot be made
 */
export function openVolumeLock(given: string): FileLock {
  const databaseFile = actual(given);
  const lock = takeLock(`${databaseFile}.lock`);
  if (lock !== null) return lock;
  throw new AppError(
    'conflict',
    `Another NescordBot is running on ${databaseFile}. Stop it first, or give this one a database of its own with ` +
      'DATABASE_URL and an index of its own with CHROMADB_PERSIST_DIRECTORY.',
  );
}

function takeLock(file: string): FileLock | null {
  try {
    return takeFileLock(file);
  } catch (cause) {
    throw new AppError('config', `The lock file ${file} cannot be written: ${String(cause)}`, { cause });
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
