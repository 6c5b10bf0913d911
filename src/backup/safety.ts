import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError } from '../errors.ts';
import type { CreateRequest } from './api.ts';
import type { BackupEntry } from './model.ts';
import type { RestoreParts } from './restore-parts.ts';
import type { JobContext } from './slot.ts';

/** What a restore keeps of what it replaces. */
export interface Safety {
  readonly name: string;
  /**
   * Null when what is live was backed up. Otherwise it is too damaged for that, and this keeps its files as they are, once
   * they lie in `folder`, below `sqlite/`, and nobody has them open.
   */
  readonly keep: ((folder: string) => Promise<void>) | null;
  /** Known once all that was to be kept is. */
  entry(): Promise<BackupEntry>;
  /** The restore failed: what lies in its place again is not kept twice. */
  discard(): Promise<void>;
}

type SafetyParts = Pick<RestoreParts, 'save' | 'setAside' | 'room' | 'files' | 'databaseFile' | 'clock' | 'log'>;

/** A damaged database must not make going back impossible: what cannot be backed up is put aside. */
export function createSafety(parts: SafetyParts): (request: CreateRequest, job: JobContext) => Promise<Safety> {
  const { room, files, databaseFile, clock, log } = parts;
  return async (request, job) => {
    try {
      const entry = await parts.save(request, job);
      return { name: entry.name, keep: null, entry: async () => entry, discard: async () => undefined };
    } catch (error) {
      const problems = isAppError(error, 'damaged') ? await files.problems(databaseFile, job.signal) : [];
      if (problems.length === 0) throw error; // it is the disk with the backups that does not keep what is written
      const name = await room.freeName(clock());
      log.warn(`The database is damaged and cannot be backed up; its files will be kept as they are in ${name}`, {
        problems: problems.slice(0, 3),
      });
      let kept = false;
      return {
        name,
        async keep(folder) {
          const paths = (await readdir(join(folder, 'sqlite'))).map((file) => `sqlite/${file}`);
          kept = true; // perhaps not all of it, which `discard` takes away as well
          await parts.setAside({ ...request, name, folder, paths, problems }, job);
        },
        entry: () => room.show(name),
        discard: async () => (kept ? room.remove(name) : undefined),
      };
    }
  };
}
