import { basename } from 'node:path';
import { AppError } from '../../errors.ts';

export interface AgeKey {
  readonly passphrase: string | null;
  /** Tried after it, to read alone. */
  readonly formerPassphrases?: readonly string[];
  /** `age1…` */
  readonly recipients: readonly string[];
  /** `AGE-SECRET-KEY-1…` */
  readonly identities: readonly string[];
}

/** The library's words about a header, before anything is decrypted. */
export function translateOpening(error: unknown, file: string, key: AgeKey): unknown {
  const said = error instanceof Error ? error.message : '';
  if (/no identity matched/.test(said)) return wrongKey(file, key);
  return damagedFile(file, error);
}

function wrongKey(file: string, { passphrase }: AgeKey): AppError {
  const name = basename(file);
  const variable = passphrase === null ? 'BACKUP_AGE_IDENTITY' : 'BACKUP_AGE_PASSPHRASE';
  return new AppError('forbidden', {
    en: `${name} was encrypted with another key than ${variable} has. Set the one that was in force when the backup was made; the recovery sheet has it.`,
    ja: `${name} は ${variable} とは別の鍵で暗号化されています。バックアップ作成時の鍵（復旧シートに記載）を設定してください。`,
  });
}

export function damagedFile(file: string, cause?: unknown): AppError {
  const name = basename(file);
  return new AppError(
    'damaged',
    {
      en: `${name} cannot be decrypted: it was changed or cut off, or is not encrypted with age. Use another copy.`,
      ja: `${name} を復号できません。変更されているか、途中で切れているか、age で暗号化されたファイルではありません。別のコピーをお使いください。`,
    },
    { cause },
  );
}

export function unreadable(file: string, cause: unknown): AppError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const name = basename(file);
  return new AppError(
    code === 'ENOENT' ? 'not_found' : 'unavailable',
    {
      en: `${name} cannot be read or written (${code}). Check the volume and its permissions.`,
      ja: `${name} を読み書きできません（${code}）。ボリュームとその権限を確認してください。`,
    },
    { cause },
  );
}

export function noIdentity(): AppError {
  return new AppError('config', {
    en: 'The copies are encrypted to BACKUP_AGE_RECIPIENTS, and this machine has no BACKUP_AGE_IDENTITY to read them with. Set it for the restore, or decrypt the archive elsewhere: age -d -i KEYFILE -o NAME.tar.zst NAME.tar.zst.age.',
    ja: 'コピーは BACKUP_AGE_RECIPIENTS 宛てに暗号化されており、このマシンには復号用の BACKUP_AGE_IDENTITY がありません。復元時に設定するか、別の場所で復号してください: age -d -i KEYFILE -o NAME.tar.zst NAME.tar.zst.age',
  });
}

export function wrongForm(variable: string): AppError {
  return new AppError(
    'config',
    `${variable} has a key with a mistake in it: its checksum does not fit. Copy it again, whole, as age-keygen printed it.`,
  );
}

export function otherIdentity(): AppError {
  return new AppError(
    'config',
    'BACKUP_AGE_IDENTITY is the secret key of none of BACKUP_AGE_RECIPIENTS, so this machine could not read what it encrypts. Add its public key to BACKUP_AGE_RECIPIENTS (age-keygen -y prints it), set the secret key of one of them, or leave BACKUP_AGE_IDENTITY empty.',
  );
}
