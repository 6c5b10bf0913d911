import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isWithin } from '../mounts.ts';
import { fail, ok, skip, warn, type Finding } from './finding.ts';

export interface FolderToLookAt {
  /** `database`, `index`, `backups`. */
  readonly check: string;
  readonly path: string;
  /** The bot makes it at its start where it is missing. */
  readonly isMade: boolean;
  readonly variable: string;
  /** What is wrong with where it is: lost at the next deploy; null where nothing is. */
  readonly misplaced: string | null;
  /** Whether that is no more than worth knowing: nobody's knowledge is in a playground. */
  readonly isTrial?: boolean;
}

const LOW_BYTES = 500 * 1024 * 1024;
const LOW_SHARE = 0.1;
const NONE_BYTES = 50 * 1024 * 1024;

/**
 * Several folders, in order. What is wrong with one is not said again of those inside it, nor of those that are in such
 * a place, too.
 */
export async function* lookAtFolders(folders: readonly FolderToLookAt[]): AsyncGenerator<FolderFinding> {
  const wrong: { readonly folder: FolderToLookAt; readonly name: string }[] = [];
  for (const folder of folders) {
    const name = folderCheck(folder.check);
    const isMisplaced = folder.misplaced !== null;
    const first = wrong.find((one) =>
      one.folder.misplaced === null ? isWithin(one.folder.path, folder.path) : isMisplaced,
    );
    const finding =
      first === undefined ? await lookAtFolder(folder) : skip(name, `of what is wrong with the ${first.name}`);
    if (first === undefined && finding.verdict !== 'ok') wrong.push({ folder, name });
    const isUsable = finding.verdict === 'ok' || isMisplaced;
    yield { ...finding, path: folder.path, isUsable };
  }
}

export interface FolderFinding extends Finding {
  readonly path: string;
  readonly isUsable: boolean;
}

const folderCheck = (check: string): string => `${check} folder`;

/** Whether a folder is there, may be written to and stays. It writes nothing: that is left to the bot's own start. */
export async function lookAtFolder(folder: FolderToLookAt): Promise<Finding> {
  const { check, path, isMade, variable, misplaced, isTrial = false } = folder;
  const misplacement = isTrial ? warn : fail;
  const name = folderCheck(check);
  const found = await stat(path).catch(codeOf);
  if (found === 'ENOENT' && isMade && misplaced === null) return lookAtParent(name, path, variable);
  if (found === 'ENOENT' && isMade && misplaced !== null)
    return misplacement(name, `${path}, not there yet`, misplaced);
  if (found === 'ENOENT') {
    return fail(
      name,
      `${path} does not exist`,
      `Should it be on a volume, mount the volume there; otherwise create it, or change ${variable}.`,
    );
  }
  if (typeof found === 'string' || !found.isDirectory()) {
    return fail(
      name,
      `${path} is not a folder that can be entered${typeof found === 'string' ? ` (${found})` : ''}`,
      `Set ${variable} to a folder of the bot's own.`,
    );
  }
  const refused = await access(path, constants.R_OK | constants.W_OK | constants.X_OK).then(() => null, codeOf);
  if (refused !== null) return notWritable(name, path, refused, variable);
  if (misplaced !== null) return misplacement(name, path, misplaced);
  return ok(name, `${path}, writable${process.getuid?.() === 0 ? ' (as root, who may write anywhere)' : ''}`);
}

async function lookAtParent(name: string, path: string, variable: string): Promise<Finding> {
  const parent = dirname(path);
  const refused = await access(parent, constants.W_OK | constants.X_OK).then(() => null, codeOf);
  if (refused === null || refused === 'ENOENT') return ok(name, `${path}, which the first start creates`);
  return notWritable(name, `${parent}, in which ${path} has to be created`, refused, variable);
}

function notWritable(name: string, path: string, code: string, variable: string): Finding {
  const uid = process.getuid?.() ?? 'unknown';
  if (code === 'EROFS') {
    return fail(
      name,
      `no write permission to ${path} (EROFS): its file system is mounted read-only`,
      'Mount it writable. A disk that fails is often made read-only by the system: look at its messages (dmesg).',
    );
  }
  return fail(
    name,
    `no write permission to ${path} (${code}) for uid ${uid}`,
    `Give it to the user that runs the bot: chown -R ${uid} FOLDER, or change ${variable}.`,
  );
}

/** Room for the next backup and for what is learnt. */
export async function checkSpace(path: string): Promise<Finding> {
  const disk = await statfs(path).catch(() => null);
  if (disk === null) return warn('disk space', `unknown for ${path}`, 'See the folder itself.');
  const free = disk.bavail * disk.bsize;
  const total = disk.blocks * disk.bsize;
  const detail = `${megabytes(free)} of ${megabytes(total)} free on the disk of ${path}`;
  const remedy = 'Free space, enlarge the volume, or keep fewer backups: /backups cleanup, BACKUP_KEEP.';
  if (free < NONE_BYTES) return fail('disk space', detail, remedy);
  return free < LOW_BYTES && free < total * LOW_SHARE ? warn('disk space', detail, remedy) : ok('disk space', detail);
}

const megabytes = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024).toLocaleString('en')} MB`;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
