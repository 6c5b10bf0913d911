import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskFull } from './ports.ts';

/** Names of files that are not finished; `cleanStale` knows them as ours. */
const PARTIAL_SUFFIX = '.partial';

/**
 * The file appears whole or not at all, readable by its owner only.
 * @param partial its name until then, of its own unless the caller has a reason
 * @throws AppError `limit` when the disk is full
 */
export async function writeWhole(
  file: string,
  text: string,
  partial = join(dirname(file), `.${basename(file)}.${randomUUID()}${PARTIAL_SUFFIX}`),
): Promise<void> {
  try {
    {
      await using handle = await open(partial, 'w', 0o600);
      await handle.writeFile(text);
      await handle.sync();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined); // why it could not be written is thrown below
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOSPC' || code === 'EDQUOT' ? diskFull(basename(file), Buffer.byteLength(text), error) : error;
  }
  await syncFolder(dirname(file));
}

/** Makes new, renamed and removed names last through a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
