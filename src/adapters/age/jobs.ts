import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Decrypter, Encrypter } from 'age-encryption';
import type { DecryptedFile, EncryptedFile } from '../../backup/crypt-ports.ts';
import { diskFull, isDiskFull, type ThreadContext } from '../../backup/ports.ts';
import { readChunks, receive, throwIfAborted, type Fingerprint } from '../../backup/vault/api.ts';
import { isAppError } from '../../errors.ts';
import { damagedFile, translateOpening, unreadable, type AgeKey } from './failure.ts';
import { assertModest, readHeader } from './header.ts';

export interface AgeRequest {
  readonly from: string;
  readonly to: string;
  readonly key: AgeKey;
}

export interface AgeHeaderRequest {
  /** Base64. */
  readonly header: string;
  /** Of the file, for the words. */
  readonly name: string;
  readonly key: AgeKey;
}

/**
 * 64 MB and about a second for each file; age's own tool takes 18, which needs 256 MB, and a small container has less.
 * The length that a passphrase must have makes up for it.
 */
const SCRYPT_WORK_FACTOR = 16;

/** Inside a thread: pure JavaScript at some 100 MB/s. */
export async function encryptAge({ from, to, key }: AgeRequest, context: ThreadContext): Promise<EncryptedFile> {
  const encrypter = new Encrypter();
  if (key.passphrase === null) for (const recipient of key.recipients) encrypter.addRecipient(recipient);
  else {
    encrypter.setPassphrase(key.passphrase);
    encrypter.setScryptWorkFactor(SCRYPT_WORK_FACTOR);
  }
  const { read, written } = await transform(from, to, context, (plain) => encrypter.encrypt(plain));
  return { ...written, plainSha256: read.sha256 };
}

export async function decryptAge({ from, to, key }: AgeRequest, context: ThreadContext): Promise<DecryptedFile> {
  assertModest(Buffer.from(await readHeader(from), 'base64'), from);
  const { read, written } = await transform(from, to, context, (encrypted) =>
    decrypterFor(key)
      .decrypt(encrypted)
      .catch((error: unknown) => {
        throw translateOpening(error, from, key);
      }),
  );
  return { ...written, encryptedSha256: read.sha256 };
}

/** Whether the key opens what begins so. */
export async function openAgeHeader({ header, name, key }: AgeHeaderRequest): Promise<void> {
  const bytes = Buffer.from(header, 'base64');
  assertModest(bytes, name);
  await decrypterFor(key)
    .decryptHeader(new Uint8Array(bytes))
    .catch((error: unknown) => {
      throw translateOpening(error, name, key);
    });
}

function decrypterFor(key: AgeKey): Decrypter {
  const decrypter = new Decrypter();
  if (key.passphrase !== null) decrypter.addPassphrase(key.passphrase);
  for (const former of key.formerPassphrases ?? []) decrypter.addPassphrase(former);
  for (const identity of key.identities) decrypter.addIdentity(identity);
  return decrypter;
}

type Web = ReadableStream<Uint8Array>;

async function transform(
  from: string,
  to: string,
  { signal, progress }: ThreadContext,
  through: (source: Web) => Promise<Web>,
): Promise<{ readonly read: { readonly sha256: string }; readonly written: Fingerprint }> {
  const totalBytes = (await stat(from).catch((error: unknown) => Promise.reject(unreadable(from, error)))).size;
  const hash = createHash('sha256');
  let doneBytes = 0;
  async function* source() {
    for await (const chunk of readChunks(from)) {
      throwIfAborted(signal);
      doneBytes += chunk.length;
      hash.update(chunk);
      progress({ doneBytes, totalBytes });
      yield new Uint8Array(chunk);
    }
  }
  try {
    const web = await through(Readable.toWeb(Readable.from(source())) as Web);
    const written = await receive(web, to, { sizeBytes: null, sha256: null, otherwise: () => damagedFile(from) });
    return { read: { sha256: hash.digest('hex') }, written };
  } catch (error) {
    throwIfAborted(signal);
    if (isAppError(error)) throw error;
    if (isDiskFull(error)) throw diskFull(to, totalBytes - doneBytes, error);
    throw (error as NodeJS.ErrnoException).code === undefined ? damagedFile(from, error) : unreadable(from, error);
  }
}
