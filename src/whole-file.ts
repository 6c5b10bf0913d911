import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

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

const UUID = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}';
const UNFINISHED = new RegExp(`${UUID}\\.partial$`);
/** Another process may be writing it. */
const ABANDONED_MS = 10 * 60_000;

/** Whether a name is one that `writeWholeFile` gives by itself. */
export const isUnfinished = (name: string): boolean => UNFINISHED.test(name);

/** Removes what nobody goes on with because a crash interrupted it. Returns the names; what cannot be removed stays. */
export async function removeAbandoned(folder: string, isOurs: (name: string) => boolean): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of (await readdir(folder).catch((): string[] => [])).filter(isOurs)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.NaN }));
    if (!(Math.abs(Date.now() - mtimeMs) > ABANDONED_MS)) continue;
    await rm(path, { recursive: true, force: true }).then(
      () => removed.push(name),
      () => undefined,
    );
  }
  return removed;
}
