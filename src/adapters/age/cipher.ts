import type { Cipher, EncryptedFile } from '../../backup/crypt-ports.ts';
import type { JobThreads } from '../../backup/ports.ts';
import { ENCRYPTED_SUFFIX } from '../../backup/vault/model.ts';
import { noIdentity, type AgeKey } from './failure.ts';

export interface AgeCipherOptions {
  /** Runs the jobs `encryptAge` and `decryptAge`. */
  readonly threads: JobThreads;
  /** A passphrase, or recipients with the identities that this machine may have. */
  readonly key: AgeKey;
}

/** Files that age's own tool opens. */
export function createAgeCipher({ threads, key }: AgeCipherOptions): Cipher {
  const canDecrypt = key.passphrase !== null || key.identities.length > 0;
  return {
    kind: key.passphrase === null ? 'recipients' : 'passphrase',
    suffix: ENCRYPTED_SUFFIX,
    canDecrypt,
    encrypt: (from, to, work) => threads.run<EncryptedFile>('encryptAge', { from, to, key }, work),
    decrypt: async (from, to, work) => {
      if (!canDecrypt) throw noIdentity();
      return threads.run<EncryptedFile>('decryptAge', { from, to, key }, work);
    },
  };
}
