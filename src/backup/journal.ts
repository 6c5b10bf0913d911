import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../errors.ts';
import type { Content } from './ports.ts';
import { syncFolder, writeDurably } from './durable.ts';

/** What is needed to undo an exchange of content, or to finish it, after a crash at any point. */
export interface RestoreJournal {
  readonly format: 1;
  /** Names the folders of this restore: `.stage-ID` and `.before-restore-ID`. */
  readonly id: string;
  readonly backup: string;
  /** The backup of what was there before; null where there was nothing. */
  readonly safety: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** True once what was restored has been opened and found right: from then on there is no way back but the safety backup. */
  readonly confirmed: boolean;
  /** The names that each content had in its root before anything was moved. */
  readonly before: Readonly<Partial<Record<Content['name'], readonly string[]>>>;
}

/** Null where no restore is under way. @throws AppError `damaged` when the journal cannot be understood */
export async function readJournal(file: string): Promise<RestoreJournal | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const journal = parseJournal(text);
  if (journal !== null) return journal;
  throw new AppError(
    'damaged',
    `The journal of an unfinished restore, ${file}, cannot be read, so it is not known how far the restore came. Nothing ` +
      'was changed. What was there before lies in the folders .before-restore-… beside the database and in the folder of ' +
      'Chroma: move what is in them back to where it was, delete the journal, and start again.',
  );
}

/** The journal is on the disk, whole, when this returns: only then may what it speaks of begin. */
export async function writeJournal(file: string, journal: RestoreJournal): Promise<void> {
  await writeDurably(file, `${JSON.stringify(journal, null, 2)}\n`, unfinished(file));
}

/** Always the same name, so that nothing is left beside the database that nobody knows. */
const unfinished = (file: string): string => `${file}.new`;

export async function removeJournal(file: string): Promise<void> {
  await rm(unfinished(file), { force: true });
  await rm(file, { force: true });
  await syncFolder(dirname(file));
}

function parseJournal(text: string): RestoreJournal | null {
  try {
    const found = JSON.parse(text) as Partial<RestoreJournal> | null;
    const sound =
      found?.format === 1 &&
      isRestoreId(found.id) &&
      typeof found.backup === 'string' &&
      (typeof found.safety === 'string' || found.safety === null) &&
      typeof found.startedAt === 'number' &&
      typeof found.confirmed === 'boolean' &&
      typeof found.before === 'object' &&
      Object.values(found.before).every((names) => Array.isArray(names) && names.every(isPlainName));
    return sound ? (found as RestoreJournal) : null;
  } catch {
    return null;
  }
}

/** Time and chance: `20261121t093005-1a2b3c4d`. */
export function restoreId(now: number, random: () => number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+Z$/g, '');
  const chance = Math.floor(random() * 2 ** 32);
  return `${stamp.toLowerCase()}-${chance.toString(16).padStart(8, '0')}`;
}

export const isRestoreId = (id: unknown): id is string =>
  typeof id === 'string' && /^\d{8}t\d{6}-[0-9a-f]{8}$/.test(id);

const isPlainName = (name: unknown) =>
  typeof name === 'string' && name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name);
