import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { CHECK_PREFIX } from '../write-refusal.ts';

export interface FolderCheck {
  readonly path: string;
  /** As operators read it: `persist directory`, `database directory`. */
  readonly what: string;
  /** The variable that sets it, for the remedy. */
  readonly variable: string;
  /** For our own defaults. A folder that somebody configured and that is not there is a missing mount. */
  readonly createIfMissing: boolean;
}

/**
 * Makes sure that a folder is there and keeps what is written: a test file is written, fsynced, read back and deleted.
 * @throws AppError `config` with the reason and the remedy, `damaged` when something else comes back
 */
export async function checkFolder(check: FolderCheck): Promise<void> {
  const { path, what, variable } = check;
  if (check.createIfMissing) await mkdir(path, { recursive: true }).catch((cause: unknown) => fail(check, cause));
  const found = await stat(path).catch((cause: unknown) => fail(check, cause));
  if (!found.isDirectory())
    throw new AppError(
      'config',
      `The ${what} is not a folder: ${path}. Set ${variable} to a folder, or move the file away.`,
    );
  const file = join(path, `${CHECK_PREFIX}${randomUUID()}`);
  const content = randomUUID();
  try {
    await writeDurably(file, content);
    if ((await readFile(file, 'utf8')) !== content)
      throw new AppError(
        'damaged',
        `The ${what} ${path} does not give back what was written. Check the disk or volume it is on.`,
      );
  } catch (cause) {
    throw cause instanceof AppError ? cause : failure(check, cause);
  } finally {
    await rm(file, { force: true }).catch(() => undefined); // why it could not be written has been said
  }
}

async function writeDurably(path: string, content: string): Promise<void> {
  await using file = await open(path, 'wx');
  await file.writeFile(content);
  await file.sync();
}

function fail(check: FolderCheck, cause: unknown): never {
  throw failure(check, cause);
}

function failure({ path, what, variable }: FolderCheck, cause: unknown): AppError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const words = () => {
    switch (code) {
      case 'ENOENT':
        return (
          `${capital(what)} does not exist: ${path}. If it should be on a volume, the volume is not mounted there; ` +
          `otherwise create the folder or change ${variable}.`
        );
      case 'EROFS':
        return (
          `No write permission to ${what}: ${path} (EROFS): its file system is mounted read-only. Mount it writable, then ` +
          'start again. A disk that fails is often made read-only by the system: look at its messages (dmesg).'
        );
      case 'EACCES':
      case 'EPERM':
        return (
          `No write permission to ${what}: ${path} (${code}). Give it to the user that runs NescordBot` +
          `${process.getuid === undefined ? '' : ` (uid ${process.getuid()})`}, e.g. with chown, or mount the volume writable.`
        );
      case 'ENOSPC':
      case 'EDQUOT':
        return `The disk that holds the ${what} ${path} is full. Free space or enlarge the volume, then start again.`;
      case 'ENOTDIR':
      case 'EEXIST':
        return `The ${what} is not a folder: ${path}. Set ${variable} to a folder, or move the file away.`;
      default:
        return `The ${what} ${path} cannot be used: ${String(cause)}. Check the disk or volume, or change ${variable}.`;
    }
  };
  return new AppError('config', words(), { cause });
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
