import type { Cipher } from '../backup/crypt-ports.ts';
import type { JobThreads } from '../backup/ports.ts';
import type { Config } from '../config.ts';

/**
 * Null: nothing is encrypted.
 * @throws AppError `config` when a key has a mistake in it, or the secret one is of none of the public ones
 */
export async function openCipher(
  { encryption }: Pick<Config, 'encryption'>,
  threads: JobThreads,
): Promise<Cipher | null> {
  if (encryption === null) return null;
  // Most bots do without it.
  const { assertKeysFit, createAgeCipher } = await import('../adapters/age/cipher.ts');
  const cipher = createAgeCipher({ threads, key: encryption.key });
  await assertKeysFit(encryption.key);
  return cipher;
}
