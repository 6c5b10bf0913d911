import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, realpathSync, rmdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A file system of a few megabytes. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves so many bytes free. */
  fill(leaveBytes?: number): void;
  empty(): void;
  /** Mounts it again, e.g. with `ro`. */
  remount(option: string): void;
  /** Takes it away from under whoever uses it; what lies beneath is an empty folder. */
  unmount(): void;
  /** To be registered behind whoever works on it: hooks run in the order of their registration. */
  close(): void;
}

const CHUNK = Buffer.alloc(64 * 1024, 0x5a);
const SMALLEST = 512;

/** Null, with the test skipped, where mounting is not allowed: it takes root. */
export function openSmallDisk(t: TestContext, megabytes: number): SmallDisk | null {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nescordbot-disk-')));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmdirSync(folder);
    t.skip(`a file system of its own cannot be mounted here: ${String(error).split('\n')[0] ?? ''}`);
    return null;
  }
  let mounted = true;
  const ballast = join(folder, 'ballast');
  function unmount(): void {
    if (mounted) execFileSync('umount', ['--lazy', folder]);
    mounted = false;
  }
  return {
    folder,
    fill(leaveBytes = 0) {
      const file = openSync(ballast, 'a', 0o600);
      try {
        for (let size = CHUNK.length; size >= SMALLEST;) {
          const { bavail, bsize } = statfsSync(folder);
          if (bavail * bsize - size < leaveBytes) size /= 2;
          else writeSync(file, CHUNK, 0, size);
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    remount: (option) => void execFileSync('mount', ['-o', `remount,${option}`, folder], { stdio: 'pipe' }),
    unmount,
    close() {
      unmount();
      rmSync(folder, { recursive: true });
    },
  };
}
