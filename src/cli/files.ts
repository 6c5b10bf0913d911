import { constants } from 'node:fs';
import { glob, open, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { AppError } from '../errors.ts';

export interface Files {
  readonly root: string;
  /** Relative to the root, sorted. */
  readonly names: readonly string[];
}

/** In capitals, too; `glob` has no option for that. */
const PATTERN = '**/*.{[mM][dD],[mM][aA][rR][kK][dD][oO][wW][nN],[tT][xX][tT]}';

/** What can be taught of a folder, or the one file. @throws AppError `not_found` */
export async function filesAt(path: string): Promise<Files> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new AppError('not_found', `There is nothing at ${path}.`);
  if (!found.isDirectory()) return { root: join(path, '..'), names: [basename(path)] };
  const names: string[] = [];
  const entries = glob(PATTERN, { cwd: path, withFileTypes: true, exclude: isForeign });
  for await (const entry of entries) {
    if (!entry.isDirectory()) names.push(relative(path, join(entry.parentPath, entry.name)));
  }
  if (names.length === 0) throw new AppError('not_found', `There are no .md or .txt files below ${path}.`);
  return { root: path, names: names.sort() };
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
