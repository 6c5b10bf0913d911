import { DatabaseSync } from 'node:sqlite';
import { dirname } from 'node:path';
import { noteOpenFile } from './open-file.ts';
import { writeRefusal } from './write-refusal.ts';

export interface FileLock extends Disposable {
  /** False once its file was deleted or replaced: then it keeps nobody out any more. */
  isInPlace(): boolean;
}

const ATTEMPTS = 5;

/**
 * SQLite's exclusive lock on an empty file: the operating system lets go of it when the process dies, however it dies, and it
 * holds between containers that share a volume. Nothing else in this process may open the file: closing it would let go of
 * the lock. Null while somebody else has it.
 * @throws what the file system says where the folder takes no file; else what SQLite says of one that is not an empty one
 */
export function takeFileLock(file: string): FileLock | null {
  for (let attempt = 1; ; attempt += 1) {
    const lock = tryLock(file);
    // One that was deleted between being opened and being locked keeps nobody out.
    if (lock === null || lock.isInPlace() || attempt === ATTEMPTS) return lock;
    lock[Symbol.dispose]();
  }
}

function tryLock(file: string): FileLock | null {
  const database = openDatabase(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    const open = noteOpenFile(file);
    return { isInPlace: () => open.state() === 'in place', [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/.test(error.message)) return null;
    throw writeRefusal(dirname(file)) ?? error;
  }
}

/** SQLite cannot open or write a file, and does not say why. */
function openDatabase(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw writeRefusal(dirname(file)) ?? error;
  }
}
