import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { lockName } from './directory-lock.ts';

/** Older ones go: the index is derived, they only serve to find out what happened. */
const kept = 2;
const setAsideName = (directory: string) => `${basename(directory)}.damaged-`;

/**
 * Moves what a directory holds out of the way, to `DIRECTORY.damaged-TIME`, and returns where to. The directory itself
 * stays, as it may be a mount point and holds our lock; where its sibling is on another volume, the place is inside it.
 */
export async function setAside(directory: string, now: Date): Promise<string> {
  const name = setAsideName(directory);
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const entries = (await readdir(directory)).filter((entry) => entry !== lockName && !entry.includes('.damaged-'));
  for (const parent of [dirname(directory), directory]) {
    const place = join(parent, name + stamp);
    try {
      await mkdir(place);
      for (const entry of entries) await rename(join(directory, entry), join(place, entry));
    } catch (error) {
      await rm(place, { recursive: false, force: true }).catch(() => undefined);
      if (parent === directory) throw error;
      continue;
    }
    const old = (await readdir(parent))
      .filter((entry) => entry.startsWith(name))
      .sort()
      .slice(0, -kept);
    for (const entry of old) await rm(join(parent, entry), { recursive: true, force: true });
    return place;
  }
  throw new Error(`nowhere to put what ${directory} holds`);
}

/** What was removed from the index since is still in them. Where nothing can be listed, nothing was put. */
export async function removeSetAside(directory: string): Promise<void> {
  for (const parent of [dirname(directory), directory])
    for (const entry of await readdir(parent).catch(() => []))
      if (entry.startsWith(setAsideName(directory))) await rm(join(parent, entry), { recursive: true, force: true });
}
