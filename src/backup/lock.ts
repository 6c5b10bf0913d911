import { access, chmod, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { takeFileLock, type FileLock } from '../file-lock.ts';
import { translateDisk } from './disk.ts';
import type { AcquireLock } from './slot.ts';

export const LOCK_NAME = '.nescordbot-backup.lock';

/** Keeps a second process (the shell beside the bot) from working on the same backups. */
export function folderLock(folder: string): AcquireLock {
  const file = join(folder, LOCK_NAME);
  return async () => {
    await access(folder, constants.W_OK).catch((error: unknown) => {
      throw translateDisk(error, folder);
    });
    const lock = takeLock(file);
    if (lock === null) return null;
    await chmod(file, 0o600).catch((error: unknown) => {
      lock[Symbol.dispose]();
      throw unusable(file, error);
    });
    return () => lock[Symbol.dispose]();
  };
}

function takeLock(file: string): FileLock | null {
  try {
    return takeFileLock(file);
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
