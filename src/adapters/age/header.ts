import { open } from 'node:fs/promises';
import { damagedFile, unreadable } from './failure.ts';

const MAGIC = 'age-encryption.org/v1\n';
/** A header takes some 200 bytes for each recipient, 1,700 with a post-quantum key. */
const MOST_BYTES = 64 * 1024;

/** What age's own tool asks for; one more would be 512 MB, and a small machine would not live to refuse the file. */
const MOST_WORK = 18;

/** @throws AppError `damaged` when whoever wrote it wants more memory for a passphrase than any key of ours takes */
export function assertModest(header: Buffer, name: string): void {
  const asked = /^-> scrypt \S+ (\d+)$/gm;
  for (const [, factor] of header.toString('latin1').matchAll(asked)) {
    if (Number(factor) > MOST_WORK) throw damagedFile(name);
  }
}

/** Base64 of the header. @throws AppError `damaged`: the library would read on and on for the end of one that is none */
export async function readHeader(file: string): Promise<string> {
  const start = Buffer.alloc(MOST_BYTES);
  let bytes = 0;
  try {
    await using handle = await open(file, 'r');
    bytes = (await handle.read(start, 0, start.length, 0)).bytesRead;
  } catch (error) {
    throw unreadable(file, error);
  }
  const found = start.subarray(0, bytes);
  const end = found.indexOf('\n', found.indexOf('\n--- ') + 1);
  if (!found.toString('latin1', 0, MAGIC.length).startsWith(MAGIC) || !found.includes('\n--- ') || end === -1) {
    throw damagedFile(file);
  }
  return found.subarray(0, end + 1).toString('base64');
}
