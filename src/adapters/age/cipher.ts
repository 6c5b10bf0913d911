import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import type { Cipher, DecryptedFile, EncryptedFile } from '../../backup/crypt-ports.ts';
import type { JobThreads } from '../../backup/ports.ts';
import { readHeader } from './header.ts';
import { noIdentity, otherIdentity, wrongForm, type AgeKey } from './failure.ts';

export interface AgeCipherOptions {
  /** Runs the jobs `encryptAge`, `decryptAge` and `openAgeHeader`. */
  readonly threads: JobThreads;
  /** A passphrase, or recipients with the identities that this machine may have. */
  readonly key: AgeKey;
}

/** Files that age's own tool opens. @throws AppError `config` when a key has a mistake in it: they carry a checksum */
export function createAgeCipher({ threads, key }: AgeCipherOptions): Cipher {
  for (const recipient of key.recipients) check('BACKUP_AGE_RECIPIENTS', () => new Encrypter().addRecipient(recipient));
  for (const identity of key.identities) check('BACKUP_AGE_IDENTITY', () => new Decrypter().addIdentity(identity));
  const canDecrypt = key.passphrase !== null || key.identities.length > 0;
  return {
    kind: key.passphrase === null ? 'recipients' : 'passphrase',
    canDecrypt,
    encrypt: (from, to, work) => threads.run<EncryptedFile>('encryptAge', { from, to, key }, work),
    decrypt: async (from, to, work) => {
      if (!canDecrypt) throw noIdentity();
      return threads.run<DecryptedFile>('decryptAge', { from, to, key }, work);
    },
    header: readHeader,
    async requireKey(header, name, signal) {
      if (!canDecrypt) throw noIdentity();
      if (header === null) return;
      await threads.run('openAgeHeader', { header, name, key }, signal === undefined ? {} : { signal });
    },
  };
}

/** @throws AppError `config`: with none of its secret keys could this machine read what it encrypts */
export async function assertKeysFit({ recipients, identities }: AgeKey): Promise<void> {
  if (recipients.length === 0 || identities.length === 0) return;
  const own = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
  if (!own.some((recipient) => recipients.includes(recipient))) throw otherIdentity();
}

function check(variable: string, read: () => void): void {
  try {
    read();
  } catch {
    throw wrongForm(variable); // the library's words may have the key in them
  }
}
