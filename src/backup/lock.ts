import { access, chmod, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../errors.ts';
import { translateDisk } from './disk.ts';
import type { AcquireLock } from './slot.ts';

export const LOCK_NAME = '.nescordbot-backup.lock';

/**
 * Keeps a second process (the shell beside the bot) from working on the same backups. The lock is SQLite's exclusive one on
 * an empty file: the operating system lets go of it when the process dies, however it dies, and it holds between containers
 * that share a volume.
 */
export function folderLock(folder: string): AcquireLock {
  const file = join(folder, LOCK_NAME);
  return async () => {
    await access(folder, constants.W_OK).catch((error: unknown) => {
      throw translateDisk(error, folder);
    });
    const database = openLockFile(file);
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      await chmod(file, 0o600);
    } catch (error) {
      database.close();
      if (error instanceof Error && /locked|busy/.test(error.message)) return null;
      throw error;
    }
    return () => database.close();
  };
}

function openLockFile(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (cause) {
    throw new AppError('config', `The lock file ${file} cannot be written. Change the folder's owner or permissions.`, {
      cause,
    });
  }
}
