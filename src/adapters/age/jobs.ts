import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Decrypter, Encrypter } from 'age-encryption';
import type { EncryptedFile } from '../../backup/crypt-ports.ts';
import { diskFull, type ThreadContext } from '../../backup/ports.ts';
import { receive, throwIfAborted } from '../../backup/vault/api.ts';
import { isAppError } from '../../errors.ts';
import { damagedFile, translateOpening, unreadable, type AgeKey } from './failure.ts';

export interface AgeRequest {
  readonly from: string;
  readonly to: string;
  readonly key: AgeKey;
}

const CHUNK_BYTES = 1 << 18;

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
  return transform(from, to, context, (plain) => encrypter.encrypt(plain));
}

export async function decryptAge({ from, to, key }: AgeRequest, context: ThreadContext): Promise<EncryptedFile> {
  await requireAge(from);
  const decrypter = new Decrypter();
  if (key.passphrase !== null) decrypter.addPassphrase(key.passphrase);
  for (const identity of key.identities) decrypter.addIdentity(identity);
  return transform(from, to, context, (encrypted) =>
    decrypter.decrypt(encrypted).catch((error: unknown) => {
      throw translateOpening(error, from, key);
    }),
  );
}

const MAGIC = 'age-encryption.org/v1\n';

/** The library would read on and on for the end of a header that is none. */
async function requireAge(file: string): Promise<void> {
  const start = Buffer.alloc(MAGIC.length);
  try {
    await using handle = await open(file, 'r');
    await handle.read(start, 0, start.length, 0);
  } catch (error) {
    throw unreadable(file, error);
  }
  if (start.toString('latin1') !== MAGIC) throw damagedFile(file);
}

type Web = ReadableStream<Uint8Array>;

async function transform(
  from: string,
  to: string,
  { signal, progress }: ThreadContext,
  through: (source: Web) => Promise<Web>,
): Promise<EncryptedFile> {
  const totalBytes = (await stat(from).catch((error: unknown) => Promise.reject(unreadable(from, error)))).size;
  let doneBytes = 0;
  async function* source() {
    for await (const chunk of createReadStream(from, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
      throwIfAborted(signal);
      doneBytes += chunk.length;
      progress({ doneBytes, totalBytes });
      yield new Uint8Array(chunk);
    }
  }
  try {
    const web = await through(Readable.toWeb(Readable.from(source())) as Web);
    return await receive(web, to, { sizeBytes: null, sha256: null, otherwise: () => damagedFile(from) });
  } catch (error) {
    throwIfAborted(signal);
    if (isAppError(error)) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull(to, totalBytes - doneBytes, error);
    throw code === undefined ? damagedFile(from, error) : unreadable(from, error);
  }
}
