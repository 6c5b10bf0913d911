import { open } from 'node:fs/promises';

/** A new name in a folder survives a power failure only once the folder itself is on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
