import { AppError, isAppError, type Locale } from '../errors.ts';
import { writeRefusal } from '../write-refusal.ts';
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

type Both = Readonly<Record<Locale, string>>;
const BACKUP_FOLDER: Both = { en: 'backup folder', ja: 'バックアップフォルダー' };
const DATA_FOLDER: Both = { en: 'folder', ja: 'フォルダー' };

const readOnly = (folder: string, { en, ja }: Both) => ({
  en: `The file system of the ${en} ${folder} is mounted read-only (EROFS), so nothing was changed. What is in it can be read. Mount it writable, then try again. A disk that fails is often made read-only by the system: look at its messages (dmesg).`,
  ja: `${ja} ${folder} のファイルシステムが読み取り専用（EROFS）のため、何も変更していません。保存済みの内容は読み出せます。書き込み可能な状態でマウントし直してから、もう一度お試しください。ディスクの障害でシステムが読み取り専用に切り替えることがよくあります。システムのメッセージ（dmesg）を確認してください。`,
});

/** The file system's errors about a folder, in words; everything else as it is. */
export function translateDisk(error: unknown, folder: string, what: Both = BACKUP_FOLDER): unknown {
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
    case 'EROFS':
      return new AppError('unavailable', readOnly(folder, what), { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new AppError(
        'config',
        {
          en: `The ${what.en} ${folder} may not be written to (${code}). Give it to the user that runs NescordBot, or mount it writable.`,
          ja: `${what.ja} ${folder} に書き込めません（${code}）。NescordBot を実行しているユーザーに権限を与えるか、書き込み可能な状態でマウントしてください。`,
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
          en: `The ${what.en} ${folder} cannot be reached (${code}). Is its volume mounted? If not, mount it, then try again.`,
          ja: `${what.ja} ${folder} にアクセスできません（${code}）。ボリュームがマウントされているか確認してから、もう一度お試しください。`,
        },
        { cause: error },
      );
    default:
      return error;
  }
}

/** The same of the folder with the database, in which a restore is prepared. */
export function translateData(error: unknown, folder: string): unknown {
  if (isAppError(error) || !(error instanceof Error) || !('code' in error)) return error;
  // Making folders in one that is read-only fails with ENOENT.
  return translateDisk(writeRefusal(folder) ?? error, folder, DATA_FOLDER);
}
