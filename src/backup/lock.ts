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
      throw unusable(file, error);
    }
    return () => database.close();
  };
}

function openLockFile(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (cause) {
    throw unusable(file, cause);
  }
}

function unusable(file: string, cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AppError(
    'config',
    {
      en: `The lock file ${file} cannot be used (${why}). If it is not an empty file of ours, delete it; otherwise change the folder's owner or permissions.`,
      ja: `ロックファイル ${file} を使用できません（${why}）。空のファイルでない場合は削除し、それ以外の場合はフォルダーの所有者または権限を変更してください。`,
    },
    { cause },
  );
}
