import { cpSync, renameSync, rmSync } from 'node:fs';
import files, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';

export interface Fault {
  /** `fails`: that one step does, and the program goes on. `killed`: the power goes, and what the disk has then is all there is. */
  readonly kind: 'fails' | 'killed';
  /** Which write, rename, sync or removal of those to come; the first is 1. */
  readonly step: number;
}

/** What the program writes, with failures at will. */
export interface Disk {
  /**
   * Runs it with that fault waiting. Says how many steps there were, and whether the fault was met.
   * @param folders whose power goes, where it does
   */
  during<Result>(fault: Fault | null, folders: readonly string[], work: () => Promise<Result>): Promise<Done<Result>>;
  /** The power of these folders goes now, unless it has. */
  goOff(folders: readonly string[]): void;
  /** Puts back what they had when the power went. Whatever was open must be closed. */
  comeBack(): void;
  close(): void;
}

export interface Done<Result> {
  readonly result: Result | null;
  readonly error: unknown;
  readonly steps: number;
  /** Where the fault was met; null where it was not. */
  readonly at: string | null;
  readonly isMet: boolean;
}

const WRITING = ['mkdir', 'rename', 'link', 'rm', 'unlink', 'copyFile', 'writeFile', 'cp', 'truncate'] as const;
const OF_HANDLES = ['sync', 'datasync', 'write', 'writev', 'writeFile', 'truncate'] as const;

/** Stands between the program and `node:fs/promises` until it is closed; one at a time. */
export async function openDisk(): Promise<Disk> {
  let fault: Fault | null = null;
  let own: readonly string[] = [];
  let steps = 0;
  let isOff = false;
  let at: string | null = null;

  function goOff(folders: readonly string[]): void {
    if (isOff) return;
    [isOff, own] = [true, folders];
    for (const folder of folders) cpSync(folder, `${folder}.frozen`, { recursive: true });
  }

  function step(what: string): void {
    if (isOff) throw new Error(`The power is off: ${what}`);
    steps += 1;
    if (fault?.step !== steps) return;
    at = what;
    if (fault.kind === 'killed') goOff(own);
    throw Object.assign(new Error(`${isOff ? 'killed' : 'EIO: i/o error'}, ${what}`), { code: 'EIO' });
  }

  const guard = (owner: object, name: string) => {
    const real = (owner as Record<string, (...given: unknown[]) => unknown>)[name];
    if (real === undefined) throw new Error(`There is no ${name}.`);
    mock.method(
      owner as Record<string, (...given: unknown[]) => unknown>,
      name,
      async function (this: unknown, ...given: unknown[]) {
        step(`${name} ${typeof given[0] === 'string' ? given[0] : ''}`);
        return real.apply(this, given);
      },
    );
  };
  await using probe = await files.open('/dev/null', 'r');
  for (const name of OF_HANDLES) guard(Object.getPrototypeOf(probe) as FileHandle, name);
  for (const name of WRITING) guard(files, name);
  const open = files.open;
  mock.method(files, 'open', async (file: string, flags: string | number = 'r', mode?: number) => {
    if (typeof flags === 'string' && flags !== 'r') step(`open ${file}`);
    return open(file, flags, mode);
  });
  syncBuiltinESMExports();

  return {
    async during(given, folders, work) {
      [fault, own, steps, at] = [given, folders, 0, null];
      try {
        return { result: await work(), error: null, steps, at, isMet: at !== null };
      } catch (error) {
        return { result: null, error, steps, at, isMet: at !== null };
      } finally {
        fault = null;
      }
    },
    goOff,
    comeBack() {
      for (const folder of isOff ? own : []) {
        rmSync(folder, { recursive: true, force: true });
        renameSync(`${folder}.frozen`, folder);
      }
      isOff = false;
    },
    close() {
      mock.restoreAll();
      syncBuiltinESMExports();
    },
  };
}
