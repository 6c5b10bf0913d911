import { AppError } from '../../errors.ts';

export function abortedTransfer(cause: unknown): AppError {
  return new AppError(
    'aborted',
    { en: 'The transfer of the copy was cancelled.', ja: 'コピーの転送は中止されました。' },
    { cause },
  );
}

export function otherBytes(label: string, fileName: string): AppError {
  return new AppError('damaged', {
    en: `${fileName} in ${label} is not what was stored: its size or its SHA-256 is another. Use another copy, and remove this one.`,
    ja: `${label} の ${fileName} は保存時の内容と一致しません（サイズまたは SHA-256 が異なります）。別のコピーをお使いになり、このコピーは削除してください。`,
  });
}

/** The file on this machine is not the one that was described. */
export function changedFile(fileName: string): AppError {
  return new AppError('damaged', {
    en: `${fileName} on this machine is not what it was when it was verified: its size or its SHA-256 is another. It was not copied anywhere. Verify it, and make a new backup.`,
    ja: `このマシンの ${fileName} は検証時の内容と一致しません（サイズまたは SHA-256 が異なります）。コピーは行いませんでした。検証し、新しいバックアップを作成してください。`,
  });
}

export function alreadyOther(label: string, fileName: string): AppError {
  return new AppError('conflict', {
    en: `${label} holds other bytes under the name ${fileName} already, and they were left as they are. Do two bots share one vault? Give each a repository, prefix or folder of its own.`,
    ja: `${label} には同じ名前（${fileName}）の別の内容がすでにあり、変更しませんでした。複数のボットで保管先を共有している場合は、リポジトリ・プレフィックス・フォルダーを別々にしてください。`,
  });
}

export function notStored(label: string, name: string): AppError {
  return new AppError('not_found', {
    en: `${label} has no copy of ${name}. The list of backups shows where each one is.`,
    ja: `${label} に ${name} のコピーはありません。バックアップの一覧で保管場所を確認してください。`,
  });
}

/** It is encrypted, and nothing is configured to decrypt with. */
export function noKey(fileName: string): AppError {
  return new AppError('config', {
    en: `${fileName} is encrypted, and this machine has no key. Set BACKUP_AGE_PASSPHRASE, or BACKUP_AGE_RECIPIENTS and BACKUP_AGE_IDENTITY, to what was in force when the backup was made.`,
    ja: `${fileName} は暗号化されていますが、このマシンには鍵がありません。作成時の BACKUP_AGE_PASSPHRASE、または BACKUP_AGE_RECIPIENTS と BACKUP_AGE_IDENTITY を設定してください。`,
  });
}

export function stalled(label: string, idleMs: number, cause?: unknown): AppError {
  const seconds = Math.round(idleMs / 1000);
  return new AppError(
    'unavailable',
    {
      en: `Nothing came from or went to ${label} for ${seconds} s, so the transfer was given up. It is tried again later; check the connection if this goes on.`,
      ja: `${label} との通信が ${seconds} 秒間途絶えたため、転送を打ち切りました。後でもう一度試みます。続く場合は接続を確認してください。`,
    },
    { cause },
  );
}
