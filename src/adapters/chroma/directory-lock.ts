import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../errors.ts';

/** In the directory itself, as that may be a mount point. Backups leave it out. */
export const lockName = 'nescordbot.lock';

/**
 * Two Chroma servers would open one folder without complaint and spoil it. The lock is SQLite's exclusive one on an empty
 * file: the operating system lets go of it when the process dies, however it dies, and it holds between containers
 * that share a volume. Nothing else in this process may open the file: closing it would let go of the lock.
 * @throws AppError `conflict` when another process holds it, `config` when the file cannot be made
 */
export function openDirectoryLock(directory: string): Disposable {
  try {
    const database = new DatabaseSync(join(directory, lockName), { timeout: 0 });
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      throw error;
    }
    return { [Symbol.dispose]: () => database.close() };
  } catch (cause) {
    if (cause instanceof Error && /locked|busy/.test(cause.message))
      throw new AppError(
        'conflict',
        `Another NescordBot is running on ${directory}. Stop it first, or give this one a directory of its own with ` +
          `CHROMADB_PERSIST_DIRECTORY.`,
        { cause },
      );
    throw new AppError('config', `The lock file in ${directory} cannot be written: ${String(cause)}`, { cause });
  }
}
