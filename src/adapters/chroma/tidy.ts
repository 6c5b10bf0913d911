import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { removeSetAside } from './set-aside.ts';
import { databaseName, isSegment } from './snapshot-files.ts';

export interface Tidied {
  /** Folders of vector segments that no collection has. */
  readonly segments: number;
  readonly isCompacted: boolean;
}

/** Below this, and below a half of the file, free pages are room for the next writes. */
const LEAST_FREE_BYTES = 4_000_000;
const NOTHING: Tidied = { segments: 0, isCompacted: false };

/**
 * Removes what Chroma leaves in its directory for good: the folders of collections that were deleted, and the free pages of
 * its database. No server may run on the directory.
 * @param thoroughly what was set aside goes, too, and the database is written anew however little is free: what was deleted
 *   can still be read within its pages
 */
export async function tidyChroma(directory: string, thoroughly: boolean): Promise<Tidied> {
  const file = join(directory, databaseName);
  if (!existsSync(file)) return NOTHING;
  const folders = (await readdir(directory)).filter(isSegment);
  const found = lookInto(file);
  if (found === null) return NOTHING; // whoever starts on it says what is wrong
  const dead = folders.filter((name) => !found.segments.has(name));
  for (const name of dead) await rm(join(directory, name), { recursive: true, force: true });
  const isWorthIt = found.freeBytes > LEAST_FREE_BYTES && found.freeBytes > found.bytes / 2;
  const isCompacted = isWorthIt || thoroughly;
  if (isCompacted) await compact(file);
  if (thoroughly) await removeSetAside(directory);
  return { segments: dead.length, isCompacted };
}

/** Not read-only: what a crash left half-written is undone first. */
function lookInto(file: string) {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(file);
    const number = (pragma: string) => Number(Object.values(db?.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
    const segments = new Set(
      db
        .prepare('SELECT id FROM segments')
        .all()
        .map(({ id }) => String(id)),
    );
    const pageBytes = number('page_size');
    return { segments, freeBytes: number('freelist_count') * pageBytes, bytes: number('page_count') * pageBytes };
  } catch {
    return null;
  } finally {
    db?.close();
  }
}

/** In a thread: a large one takes seconds. */
async function compact(file: string): Promise<void> {
  const worker = new Worker(
    `const { workerData } = require('node:worker_threads');
     const db = new (require('node:sqlite').DatabaseSync)(workerData);
     db.exec('VACUUM');
     db.close();`,
    { eval: true, workerData: file },
  );
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}
