import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../backup/durable.ts';
import type { Config } from '../config.ts';
import type { Tombstone } from '../knowledge/people-ports.ts';
import { union } from '../knowledge/people.ts';
import type { Log } from '../log.ts';
import { besideDatabase } from './contents.ts';

/** Who asked to be forgotten, kept where no restore takes it back. */
export interface Tombstones {
  /** Of both files, as far as they can be read. */
  read(): Promise<Tombstone[]>;
  /** Durable when it returns. @throws AppError `limit`: the disk is full; what the file system says */
  add(tombstones: readonly Tombstone[]): Promise<void>;
}

/**
 * A file beside the database, and a copy in the folder of backups, which may be on another disk. A third copy is in the
 * database itself, and so travels in every backup.
 */
export function createTombstones(config: Pick<Config, 'database' | 'backup'>, log: Log): Tombstones {
  const own = besideDatabase(config, 'forgotten.jsonl');
  const copy = join(config.backup.directory, '.nescordbot-forgotten.jsonl');
  let last: Promise<unknown> = Promise.resolve();

  async function add(tombstones: readonly Tombstone[]): Promise<void> {
    const known = await Promise.all([readList(own, log), readList(copy, log)]);
    const all = union(...known, tombstones);
    const text = all.map(({ userId, at }) => `${JSON.stringify({ user: userId, at: new Date(at).toISOString() })}\n`);
    if (all.length > 0 && differs(all, known[0])) await writeDurably(own, text.join(''), `${own}.new`);
    if (all.length === 0 || !differs(all, known[1])) return;
    await writeDurably(copy, text.join(''), `${copy}.new`).catch((error: unknown) => {
      log.warn(`The list of people to forget could not be copied to ${copy}; the next start tries again`, { error });
    });
  }

  return {
    read: async () => union(await readList(own, log), await readList(copy, log)),
    add(tombstones) {
      const adding = last.then(() => add(tombstones));
      last = adding.catch(() => undefined);
      return adding;
    },
  };
}

const differs = (all: readonly Tombstone[], known: readonly Tombstone[]): boolean =>
  JSON.stringify(union(known)) !== JSON.stringify(all);

async function readList(file: string, log: Log): Promise<Tombstone[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      log.warn(`The list of people to forget, ${file}, cannot be read; the other copies are used`, { error });
    }
    return [];
  }
  return text.split('\n').flatMap(parseLine);
}

/** None for what nobody could have written: each line stands for itself. */
function parseLine(line: string): Tombstone[] {
  try {
    const { user, at } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
    return typeof user === 'string' && user !== '' && !Number.isNaN(time) ? [{ userId: user, at: time }] : [];
  } catch {
    return [];
  }
}
