import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { changedFile } from '../../backup/vault/failure-model.ts';
import { receive } from '../../backup/vault/api.ts';

export async function writeText(file: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  await receive(Readable.from([bytes]), file, {
    sizeBytes: bytes.length,
    sha256: null,
    otherwise: () => changedFile(file),
  });
}

/** Null where there is none, or what is there is longer, a link or no file: not ours. */
export async function readText(file: string, mostBytes: number): Promise<string | null> {
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = await handle.stat();
    return found.isFile() && found.size <= mostBytes ? await handle.readFile('utf8') : null;
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
