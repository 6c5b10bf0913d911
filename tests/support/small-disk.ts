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
  /** Mounts it again, e.g. with `ro`, which is refused while anything is open for writing. */
  remount(option: string): void;
  /** Lays itself over itself, read-only, so that by its path nothing can be written. */
  cover(): { close(): void };
  /** Gives it to the system, and mounts it anew, after nobody has anything open on it. */
  mountAgain(): void;
  /** Takes it away from under whoever uses it; what lies beneath is an empty folder. */
  unmount(): void;
  /** To be registered behind whoever works on it: hooks run in the order of their registration. */
  close(): void;
}

const CHUNK = Buffer.alloc(64 * 1024, 0x5a);
const SMALLEST = 512;

/** Null, with the test skipped, where mounting is not allowed: it takes root. */
export function openSmallDisk(t: TestContext, megabytes: number): SmallDisk | null {
  return openDisk(t, (folder) => run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]));
}

/** One that a file holds, which may fail: `remount('abort')` makes it read-only as the system does then, under open files. */
export function openFailingDisk(t: TestContext, megabytes: number): SmallDisk | null {
  const images = mkdtempSync(join(tmpdir(), 'nescordbot-image-'));
  t.after(() => rmSync(images, { recursive: true }));
  let mounts = 0;
  return openDisk(t, (folder) => {
    const [before, image] = [mounts, mounts + 1].map((number) => join(images, `disk${number}`)) as [string, string];
    if (mounts === 0) {
      run('truncate', ['-s', `${megabytes}M`, image]);
      run('mkfs.ext4', ['-q', '-m', '0', '-F', image]);
    }
    // What is on it, on another one: while a browser or a container beside has it in a namespace of its own, it stays failed.
    else run('cp', ['--', before, image]);
    mounts += 1;
    run('mount', ['-o', 'loop,errors=remount-ro', image, folder]);
  });
}

const run = (program: string, args: readonly string[]) => void execFileSync(program, args, { stdio: 'pipe' });

function openDisk(t: TestContext, mount: (folder: string) => void): SmallDisk | null {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nescordbot-disk-')));
  try {
    mount(folder);
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
    remount: (option) => run('mount', ['-o', `remount,${option}`, folder]),
    cover() {
      run('mount', ['--bind', folder, folder]);
      run('mount', ['-o', 'remount,ro,bind', folder]);
      return { close: () => run('umount', [folder]) };
    },
    mountAgain() {
      run('umount', [folder]);
      mount(folder);
    },
    unmount,
    close() {
      unmount();
      rmSync(folder, { recursive: true });
    },
  };
}
