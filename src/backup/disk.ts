import { AppError, isAppError } from '../errors.ts';
import { isDiskFull } from './ports.ts';
import { bytesInWords } from './words.ts';

/** `needed` bytes where they are known, and how many are free. */
export function noRoom(folder: string, room: { readonly free: number; readonly needed: number }): AppError {
  const free = bytesInWords(room.free);
  const needed = bytesInWords(room.needed);
  const missing = bytesInWords(room.needed - room.free);
  return new AppError('limit', {
    en: `${free} are free in ${folder} and ${needed} are needed: ${missing} are missing. Nothing was changed and the older backups are whole. Free space or enlarge the volume, then try again.`,
    ja: `${folder} の空き容量は ${free} で、${needed} が必要です（${missing} 不足）。何も変更していません。以前のバックアップは無事です。空き容量を増やしてから、もう一度お試しください。`,
  });
}

/** The folder is there, and is not the one that held the backups. */
export function unmounted(folder: string): AppError {
  return new AppError('unavailable', {
    en: `The backup folder ${folder} is empty and on another disk than before: its volume is not mounted any more. Mount it again, then try again. Nothing was written.`,
    ja: `バックアップフォルダー ${folder} が空になり、以前とは別のディスク上にあります。ボリュームのマウントが外れています。再度マウントしてから、もう一度お試しください。何も書き込んでいません。`,
  });
}

/** A disk that ran full, as the file system or SQLite says it, or in words already. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isSqliteFull = 'code' in error && error.code === 'SQLITE_FULL';
  return isAppError(error, 'limit') || isDiskFull(error) || isSqliteFull || isFull(error.cause);
}

/** The file system's errors about the backup folder, in words; everything else as it is. */
export function translateDisk(error: unknown, folder: string): unknown {
  if (isAppError(error)) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError(
        'limit',
        {
          en: `The disk that holds ${folder} is full. The older backups are whole. Free space or enlarge the volume, then try again.`,
          ja: `${folder} のあるディスクがいっぱいです。以前のバックアップは無事です。空き容量を増やしてから、もう一度お試しください。`,
        },
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError(
        'config',
        {
          en: `The backup folder ${folder} may not be written to (${code}). Give it to the user that runs NescordBot, or mount it writable.`,
          ja: `バックアップフォルダー ${folder} に書き込めません（${code}）。NescordBot を実行しているユーザーに権限を与えるか、書き込み可能な状態でマウントしてください。`,
        },
        { cause: error },
      );
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EIO':
    case 'ESTALE':
    case 'ENODEV':
      return new AppError(
        'unavailable',
        {
          en: `The backup folder ${folder} cannot be reached (${code}). Is its volume mounted? If not, mount it, then try again.`,
          ja: `バックアップフォルダー ${folder} にアクセスできません（${code}）。ボリュームがマウントされているか確認してから、もう一度お試しください。`,
        },
        { cause: error },
      );
    default:
      return error;
  }
}
