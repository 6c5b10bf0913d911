import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ARCHIVE_SUFFIXES } from './archive-file.ts';
import { SIDECAR_SUFFIX } from './name.ts';

/** Where a job keeps what it works on: inside the backup folder, as the archive must be on the same volume. */
const SCRATCH_PREFIX = '.work-';

export interface Scratch extends AsyncDisposable {
  readonly folder: string;
}

export async function openScratch(parent: string): Promise<Scratch> {
  const folder = join(parent, `${SCRATCH_PREFIX}${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  // What cannot be removed now is removed as stale by the next job.
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true }).catch(() => undefined);
  return { folder, [Symbol.asyncDispose]: dispose };
}

/** What a crashed run leaves: scratch folders, and files with a temporary name around one of ours. Everything else stays. */
const SCRATCH = /^\.work-[0-9a-f-]{36}$/;
const UNFINISHED =
  /^\.?nescordbot_backup_\d{8}_\d{6}(_\d+)?\.(tar\.zst|manifest\.json)[^/]*\.partial$|^\.ledger\.json\.[0-9a-f-]{36}\.partial$/;

/** An archive on its way out, until its sidecar is gone. */
export const REMOVED_SUFFIX = '.removed.partial';

/** The sidecar first: what is left of the archive says that it has to go. */
export async function finishRemoval(folder: string, name: string): Promise<void> {
  await removeFile(join(folder, `${name}${SIDECAR_SUFFIX}`));
  for (const suffix of ARCHIVE_SUFFIXES) await removeFile(join(folder, `${name}${suffix}${REMOVED_SUFFIX}`));
}

/** False where it is a folder: we make none of that name, so it is somebody else's. */
async function removeFile(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code === 'EISDIR' || code === 'EPERM') {
      const found = await lstat(file);
      if (found.isDirectory()) return false;
    }
    throw error;
  }
}

export interface Cleaned {
  /** Names of what is gone. */
  readonly removed: readonly string[];
  /** Scratch folders that cannot be removed: they take room, and are in nobody's way. */
  readonly held: readonly string[];
}

/** Removes unfinished files of ours. The caller holds the folder's lock, so none is in use. */
export async function cleanStale(folder: string): Promise<Cleaned> {
  const names = await readdir(folder);
  const scratch = names.filter((name) => SCRATCH.test(name));
  const unfinished = names.filter((name) => UNFINISHED.test(name));
  for (const ending of ARCHIVE_SUFFIXES.map((suffix) => `${suffix}${REMOVED_SUFFIX}`)) {
    for (const name of unfinished.filter((one) => one.endsWith(ending))) {
      await finishRemoval(folder, name.slice(0, -ending.length));
    }
  }
  const [removed, held]: [string[], string[]] = [[], []];
  for (const name of scratch) {
    // Somebody else may have left it, root say.
    await rm(join(folder, name), { recursive: true, force: true }).then(
      () => removed.push(name),
      () => held.push(name),
    );
  }
  for (const name of unfinished) if (await removeFile(join(folder, name))) removed.push(name);
  return { removed, held };
}
