import { basename } from 'node:path';
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

/** Node's errors in our terms. `missingBytes`: what was still to be written. */
export function translate(error: unknown, file: string, missingBytes = 0): unknown {
  if (isAppError(error) || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  const name = basename(file);
  if (error.name === 'AbortError') return new AppError('aborted', 'The backup work was cancelled.', { cause: error });
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(name, missingBytes, error);
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

function diskFull(name: string, missingBytes: number, cause: unknown): AppError {
  const megabytes = Math.max(1, Math.ceil(missingBytes / 1e6));
  return new AppError(
    'limit',
    {
      en: `The disk is full: ${name} needs up to ${megabytes} MB more. Nothing that was there before was changed. Free space or enlarge the volume.`,
      ja: `ディスクがいっぱいです。${name} にはあと最大 ${megabytes} MB 必要です。既存のデータは変更していません。空き容量を増やしてください。`,
    },
    { cause },
  );
}
