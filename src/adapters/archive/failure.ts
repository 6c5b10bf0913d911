import { basename } from 'node:path';
import { diskFull, isDiskFull } from '../../backup/ports.ts';
import { AppError, isAppError } from '../../errors.ts';

/** Why an archive is refused. */
export interface Flaw {
  readonly en: string;
  readonly ja: string;
}

export function damaged(file: string, flaw: Flaw, cause?: unknown): AppError {
  const name = basename(file);
  return new AppError(
    'damaged',
    {
      en: `The archive ${name} is damaged: ${flaw.en}.`,
      ja: `アーカイブ ${name} は壊れています（${flaw.ja}）。`,
    },
    { cause },
  );
}

const unlikeWrittenCode = 'UNLIKE_WRITTEN';

/** What was written does not come back; it crosses threads as an error with a code. */
export const unlikeWritten = () =>
  Object.assign(new Error('What was read back is not what was written.'), { code: unlikeWrittenCode });

/** Node's errors in our terms. `missingBytes`: what was still to be written. */
export function translate(error: unknown, file: string, missingBytes = 0): unknown {
  if (isAppError(error) || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  const name = basename(file);
  if (error.name === 'AbortError') return new AppError('aborted', 'The backup work was cancelled.', { cause: error });
  if (isDiskFull(error)) return diskFull(name, missingBytes, error);
  if (code === unlikeWrittenCode)
    return new AppError(
      'damaged',
      {
        en: `${name} was written but could not be read back as it was written, so it was removed. The older backups are whole. Check the disk or volume, then try again.`,
        ja: `${name} は書き込みましたが、正しく読み出せなかったため削除しました。以前のバックアップは無事です。ディスクまたはボリュームを確認してから、もう一度お試しください。`,
      },
      { cause: error },
    );
  if (code === 'ENOENT')
    return new AppError(
      'not_found',
      { en: `${name} is not there any more: ${error.message}`, ja: `${name} が見つかりません。` },
      { cause: error },
    );
  if (['EACCES', 'EPERM', 'EROFS', 'EIO', 'ENODEV', 'EMFILE'].includes(code))
    return new AppError(
      'unavailable',
      {
        en: `${name} cannot be read or written: ${error.message}. Check the volume and its permissions.`,
        ja: `${name} を読み書きできません。ボリュームとその権限を確認してください（${code}）。`,
      },
      { cause: error },
    );
  if (code.startsWith('ZSTD_') || code.startsWith('Z_'))
    return damaged(file, { en: 'it does not decompress', ja: '展開できません' }, error);
  return error;
}
