import { AppError, isAppError } from '../../errors.ts';

/** What the file system of the vault says, in words. */
export function translate(error: unknown, folder: string): unknown {
  if (isAppError(error) || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  const cause = { cause: error };
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return full(folder, cause);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError(
        'forbidden',
        {
          en: `The vault folder ${folder} may not be written to or read (${code}). Give it to the user that runs NescordBot, or mount it writable.`,
          ja: `保管先フォルダー ${folder} を読み書きできません（${code}）。NescordBot を実行しているユーザーに権限を与えるか、書き込み可能な状態でマウントしてください。`,
        },
        cause,
      );
    default:
      return gone(folder, cause);
  }
}

export function full(folder: string, options: { readonly cause?: unknown } = {}): AppError {
  return new AppError(
    'limit',
    {
      en: `The disk of the vault folder ${folder} is full. The copies that are there are whole. Free space, enlarge it, or keep fewer copies (VAULT_KEEP).`,
      ja: `保管先フォルダー ${folder} のディスクがいっぱいです。既存のコピーは無事です。空き容量を増やすか、保管数（VAULT_KEEP）を減らしてください。`,
    },
    options,
  );
}

export function gone(folder: string, options: { readonly cause?: unknown } = {}): AppError {
  const code = (options.cause as NodeJS.ErrnoException | undefined)?.code;
  const why = code === undefined ? '' : ` (${code})`;
  return new AppError(
    'unavailable',
    {
      en: `The vault folder ${folder} cannot be reached${why}. Is it mounted? Mount it, or create it if it is to be a plain folder.`,
      ja: `保管先フォルダー ${folder} にアクセスできません${why}。マウントされているか確認してください。通常のフォルダーとして使う場合は作成してください。`,
    },
    options,
  );
}

export function notMounted(folder: string, marker: string): AppError {
  return new AppError('unavailable', {
    en: `The vault folder ${folder} has been used before, but ${marker} is not in it: it seems not to be mounted, and nothing was written under the mount point. Mount it. If you put an empty disk in its place, create that file in it.`,
    ja: `保管先フォルダー ${folder} は以前使われていましたが、${marker} がありません。マウントされていないようなので、何も書き込みませんでした。マウントしてください。空のディスクに交換した場合は、このファイルを作成してください。`,
  });
}
