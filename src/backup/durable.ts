import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Names of files that are not finished; `cleanStale` knows them as ours. */
const PARTIAL_SUFFIX = '.partial';

/** The file appears whole or not at all, readable by its owner only. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const partial = join(dirname(file), `.${basename(file)}.${randomUUID()}${PARTIAL_SUFFIX}`);
  try {
    const handle = await open(partial, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined); // why it could not be written is thrown below
    throw error;
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
