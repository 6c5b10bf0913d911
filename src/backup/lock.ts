import { access, chmod, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, isAppError } from '../errors.ts';
import { takeFileLock, type FileLock } from '../file-lock.ts';
import { translateDisk } from './disk.ts';
import type { AcquireLock } from './slot.ts';

export const LOCK_NAME = '.nescordbot-backup.lock';

/** Of these the file itself may be the reason, in a folder that takes others. */
const OF_THE_FILE: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

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
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const known = OF_THE_FILE.has(code) ? cause : translateDisk(cause, dirname(file));
  if (isAppError(known)) return known;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AppError(
    'config',
    {
      en: `The lock file ${file} cannot be used (${why}). If it is a file of another kind, move it away; otherwise give it to the user that runs NescordBot.`,
      ja: `ロックファイル ${file} を使用できません（${why}）。別の種類のファイルであれば別の場所に移し、そうでなければ NescordBot を実行しているユーザーに権限を与えてください。`,
    },
    { cause },
  );
}
