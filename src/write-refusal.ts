import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Of files that are written to find out whether they can be; what a crash leaves of one is removed by the next start. */
export const CHECK_PREFIX = '.nescordbot-check-';
const BYTES = 8_192;

/**
 * Why a folder takes no new file, as the file system says it: EROFS, ENOSPC, EDQUOT, EACCES, EIO. Null where it takes one.
 * A file is written for it: of a disk that the system made read-only because it fails, `access` says that it can be.
 */
export function writeRefusal(folder: string): NodeJS.ErrnoException | null {
  const file = join(folder, `${CHECK_PREFIX}${randomUUID()}`);
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      writeSync(descriptor, Buffer.alloc(BYTES));
    } finally {
      closeSync(descriptor);
    }
    rmSync(file);
    return null;
  } catch (error) {
    removeLeft(file);
    return error as NodeJS.ErrnoException;
  }
}

function removeLeft(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // why it could not be written is what is told
  }
}
