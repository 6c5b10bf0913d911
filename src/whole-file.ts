import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Appears whole or not at all, readable by its owner only.
 * @param partial its name until then, of its own unless the caller writes one at a time
 */
export async function writeWholeFile(
  file: string,
  text: string,
  partial = `${file}.${randomUUID()}.partial`,
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
    throw error;
  }
}
