import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import { takeFileLock, type FileLock } from '../../file-lock.ts';

/** In the directory itself, as that may be a mount point. Backups leave it out. */
export const lockName = 'nescordbot.lock';

/**
 * Two Chroma servers would open one folder without complaint and spoil it.
 * @throws AppError `conflict` when another process holds it, `config` when the file cannot be made
 */
export function openDirectoryLock(directory: string): FileLock {
  const lock = takeLock(directory);
  if (lock !== null) return lock;
  throw new AppError(
    'conflict',
    `Another NescordBot is running on ${directory}. Stop it first, or give this one a directory of its own with ` +
      `CHROMADB_PERSIST_DIRECTORY.`,
  );
}

function takeLock(directory: string): FileLock | null {
  try {
    return takeFileLock(join(directory, lockName));
  } catch (cause) {
    throw new AppError('config', `The lock file in ${directory} cannot be written: ${String(cause)}`, { cause });
  }
}
