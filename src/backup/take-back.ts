import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { BackupManager, TakenBack } from './api.ts';
import type { Catalogue } from './catalogue.ts';
import { newestStateFirst } from './coverage-model.ts';
import type { BackupEntry } from './model.ts';
import type { ArchiveFormat, DatabaseFiles } from './ports.ts';
import { LIVE_DATABASE, type RestoreSource } from './restore-parts.ts';
import { throwIfAborted, type JobContext, type JobSlot } from './slot.ts';
import { openScratch } from './stale.ts';

export interface TakeBackParts {
  readonly catalogue: Pick<Catalogue, 'folder' | 'list'>;
  readonly source: Pick<RestoreSource, 'find'>;
  readonly archive: Pick<ArchiveFormat, 'extract'>;
  readonly files: Pick<DatabaseFiles, 'takeDocuments'>;
  readonly slot: Pick<JobSlot, 'run'>;
  readonly databaseFile: string;
  readonly log: Log;
}

/** The newest state first. A number means another document in another installation's. */
const askedInOrder = (entries: readonly BackupEntry[]): readonly BackupEntry[] =>
  entries.filter(({ state, standing }) => state !== 'damaged' && standing !== 'foreign').sort(newestStateFirst);

/** Single documents out of backups: for what the disk has changed, where going back as a whole would lose what came later. */
export function createTakeBack(parts: TakeBackParts): BackupManager['takeBack'] {
  const { catalogue, source, archive, files, slot, databaseFile, log } = parts;

  async function takenFrom(name: string, ids: readonly number[], job: JobContext): Promise<readonly number[]> {
    const { file, manifest } = await source.find(name);
    await using scratch = await openScratch(catalogue.folder);
    const folder = join(scratch.folder, 'content');
    await mkdir(folder, { mode: 0o700 });
    await archive.extract(file, folder, manifest.files, {
      signal: job.signal,
      onProgress: (progress) => job.report({ stage: 'checking', ...progress }),
      only: (path) => path === LIVE_DATABASE,
    });
    return await files.takeDocuments(ids, join(folder, LIVE_DATABASE), databaseFile, job.signal);
  }

  return (documentIds, options = {}) =>
    slot.run('verify', options, async (job) => {
      const taken: TakenBack[] = [];
      let left = documentIds;
      for (const { name } of askedInOrder(await catalogue.list())) {
        if (left.length === 0) break;
        throwIfAborted(job.signal);
        try {
          const found = await takenFrom(name, left, job);
          taken.push(...found.map((documentId) => ({ documentId, backup: name })));
          left = left.filter((id) => !found.includes(id));
        } catch (error) {
          // Another one may have them: a backup that cannot be read says nothing of the others.
          if (!isAppError(error) || error.code === 'aborted') throw error;
          log.warn(`${name} could not be asked for a document`, { error });
        }
      }
      return taken;
    });
}
