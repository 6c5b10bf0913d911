import { chmod, constants, copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { diskFull, isDiskFull, type CapturedPart, type ThreadContext } from '../../backup/ports.ts';
import { AppError } from '../../errors.ts';
import { describeChroma, segmentsIn } from './snapshot-describe.ts';
import { databaseName, look } from './snapshot-files.ts';
import { readChromaVersion } from './version.ts';

export interface CaptureChroma {
  readonly directory: string;
  readonly folder: string;
  readonly attempts?: number;
}

/** File times move on in steps of a few milliseconds: what was written in the step of the first look is waited out. */
const settleMs = 20;

/**
 * Copies Chroma's database and the segments it names, inside a thread. Writers are kept out by the gate; but a collection's
 * first search writes, too, and the server may restart, so a copy during which anything changed is thrown away.
 * @throws AppError `unavailable` when something changed every time; `damaged`
 */
export async function captureChroma(
  { directory, folder, attempts = 3 }: CaptureChroma,
  { signal, ask }: ThreadContext,
): Promise<CapturedPart> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    const paths = await copyUnchanged(directory, folder, signal);
    if (paths !== 'changed' && paths !== 'unreadable') {
      await ask('pinned');
      const files = await sizesOf(folder, paths);
      return { files, counts: countsIn(folder), version: await readChromaVersion() };
    }
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    if (attempt === attempts) throw paths === 'changed' ? restless() : unreadable();
    await wait(100 * attempt, undefined, { signal });
  }
}

/** `unreadable` when there is no sound database although nothing changed meanwhile. */
async function copyUnchanged(
  directory: string,
  folder: string,
  signal: AbortSignal,
): Promise<string[] | 'changed' | 'unreadable'> {
  let before: string | null = null;
  try {
    await wait(settleMs);
    before = await look(directory);
    if (before === null) return 'changed';
    const paths = [databaseName];
    await copyOne(directory, folder, databaseName);
    for (const segment of segmentsIn(join(folder, databaseName))) {
      const names = await readdir(join(directory, segment)).catch(orNone); // a small collection has no folder yet
      for (const path of names.map((name) => `${segment}/${name}`)) {
        signal.throwIfAborted();
        await copyOne(directory, folder, path);
        paths.push(path);
      }
    }
    return (await look(directory)) === before ? paths : 'changed';
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isDiskFull(error)) throw diskFull("the copy of Chroma's index", 0, error);
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ERR_SQLITE_ERROR') throw error;
    // A file that went away, or a database caught half-written, unless nothing changed.
    return (await look(directory).catch(() => null)) === before ? 'unreadable' : 'changed';
  }
}

function countsIn(folder: string): CapturedPart['counts'] {
  try {
    return describeChroma(join(folder, databaseName));
  } catch (error) {
    throw codeOf(error) === 'ERR_SQLITE_ERROR' ? unreadable() : error;
  }
}

async function copyOne(directory: string, folder: string, path: string): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await copyFile(join(directory, path), target, constants.COPYFILE_FICLONE);
  await chmod(target, 0o600);
}

async function sizesOf(folder: string, paths: readonly string[]): Promise<{ path: string; sizeBytes: number }[]> {
  return Promise.all(paths.map(async (path) => ({ path, sizeBytes: (await stat(join(folder, path))).size })));
}

function orNone(error: unknown): string[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : null);

function restless(): AppError {
  return new AppError(
    'unavailable',
    {
      en: 'Chroma kept writing while its index was copied. Try again in a moment.',
      ja: 'コピー中に Chroma が書き込みを続けていました。少し待ってからもう一度お試しください。',
    },
    { retryAfterMs: 30_000 },
  );
}

function unreadable(): AppError {
  return new AppError('damaged', {
    en: "Chroma's index is damaged and cannot be copied.",
    ja: 'Chroma の索引が壊れているためコピーできません。',
  });
}
