import { constants } from 'node:fs';
import { glob, open, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { counted } from '../counted.ts';
import { AppError } from '../errors.ts';

export interface Files {
  readonly root: string;
  /** Relative to the root, sorted. */
  readonly names: readonly string[];
  /** What else is in the folder: how many files of each ending. */
  readonly leftOut: ReadonlyMap<string, number>;
}

const TAUGHT = /\.(?:md|markdown|txt)$/i;
/** Endings beyond these are told as one number. */
const MOST_ENDINGS = 8;

/** What can be taught of a folder, or the one file. @throws AppError `not_found` */
export async function filesAt(path: string): Promise<Files> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new AppError('not_found', `There is nothing at ${path}.`);
  if (!found.isDirectory()) return { root: join(path, '..'), names: [basename(path)], leftOut: new Map() };
  const names: string[] = [];
  const leftOut = new Map<string, number>();
  const entries = glob('**/*', { cwd: path, withFileTypes: true, exclude: isForeign });
  for await (const entry of entries) {
    if (entry.isDirectory()) continue;
    if (TAUGHT.test(entry.name)) names.push(relative(path, join(entry.parentPath, entry.name)));
    else {
      const ending = /\.\w{1,12}$/.exec(entry.name)?.[0].toLowerCase() ?? 'without an ending';
      leftOut.set(ending, (leftOut.get(ending) ?? 0) + 1);
    }
  }
  if (names.length === 0)
    throw new AppError('not_found', `There are no .md or .txt files below ${path}.${leftOutWords(leftOut)}`);
  return { root: path, names: names.sort(), leftOut };
}

/** A sentence behind another one, most files first: ` 3 files left out: 2 .mdx, 1 .png.`; empty when there are none. */
export function leftOutWords(leftOut: Files['leftOut']): string {
  const byCount = [...leftOut].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  const sum = (some: typeof byCount) => some.reduce((total, [, files]) => total + files, 0);
  if (byCount.length === 0) return '';
  const [[only] = ['']] = byCount;
  const shown = byCount.slice(0, MOST_ENDINGS).map(([ending, files]) => `${files} ${ending}`);
  const others = sum(byCount.slice(MOST_ENDINGS));
  const kinds = byCount.length === 1 ? only : [...shown, ...(others > 0 ? [counted(others, 'other')] : [])].join(', ');
  return ` ${counted(sum(byCount), 'file')} left out: ${kinds}.`;
}

function isForeign({ name }: { readonly name: string }): boolean {
  return name === 'node_modules' || name === '.git';
}

/** @throws AppError `limit`, `not_found`, `forbidden` or `invalid`: one bad file says so and the others go on */
export async function readText(path: string, limitBytes: number): Promise<Uint8Array> {
  try {
    // Without O_NONBLOCK, opening a named pipe that nobody writes to would wait for ever.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) throw new AppError('invalid', 'It is not a file.');
    if (found.size > limitBytes) throw new AppError('limit', `${found.size} bytes; at most ${limitBytes} are taken.`);
    return await file.readFile();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (error instanceof AppError || typeof code !== 'string') return error;
  if (code === 'ENOENT')
    return new AppError('not_found', 'It is not there, or its name is not UTF-8.', { cause: error });
  if (code === 'EACCES' || code === 'EPERM')
    return new AppError('forbidden', 'You have no permission to read it.', { cause: error });
  if (code === 'ENXIO') return new AppError('invalid', 'It is not a file.', { cause: error });
  return new AppError('invalid', `It cannot be read (${code}).`, { cause: error });
}
