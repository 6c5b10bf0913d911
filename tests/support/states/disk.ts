import { cpSync, renameSync, rmSync } from 'node:fs';
import files, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import type { Done, Fault } from './machine.ts';

/** What the program writes, with failures at will. */
export interface Disk {
  /**
   * Runs it with that fault waiting; steps are writes, renames, syncs and removals.
   * @param folders whose power goes, where it does
   */
  during<Result>(fault: Fault | null, folders: readonly string[], work: () => Promise<Result>): Promise<Done<Result>>;
  /** The power of these folders goes now, unless it has. */
  goOff(folders: readonly string[]): void;
  /** Puts back what they had when the power went. Whatever was open must be closed. */
  comeBack(): void;
  close(): void;
}

const WRITING = ['mkdir', 'rename', 'link', 'rm', 'unlink', 'copyFile', 'writeFile', 'cp', 'truncate'] as const;
const OF_HANDLES = ['sync', 'datasync', 'write', 'writev', 'writeFile', 'truncate'] as const;

type Work = (this: unknown, ...given: unknown[]) => unknown;

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

  const puttingBack: (() => void)[] = [];
  // No mock of the test runner: that remembers each call with all it was given.
  function replace(owner: object, name: string, by: (real: Work) => Work): void {
    const methods = owner as Record<string, Work>;
    const real = methods[name];
    if (real === undefined) throw new Error(`There is no ${name}.`);
    methods[name] = by(real);
    puttingBack.push(() => (methods[name] = real));
  }
  const guard = (owner: object, name: string) =>
    replace(
      owner,
      name,
      (real) =>
        async function (this: unknown, ...given) {
          step(`${name} ${typeof given[0] === 'string' ? given[0] : ''}`);
          return real.apply(this, given);
        },
    );
  await using probe = await files.open('/dev/null', 'r');
  for (const name of OF_HANDLES) guard(Object.getPrototypeOf(probe) as FileHandle, name);
  for (const name of WRITING) guard(files, name);
  replace(files, 'open', (real) => async (...given) => {
    const [file, flags = 'r'] = given;
    if (typeof flags === 'string' && flags !== 'r') step(`open ${String(file)}`);
    return real(...given);
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
      for (const putBack of puttingBack.toReversed()) putBack();
      syncBuiltinESMExports();
    },
  };
}
