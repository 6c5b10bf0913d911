import { join } from 'node:path';
import { AppError, isAppError } from '../errors.ts';
import { copyProblems } from './compatibility.ts';
import { readJournal } from './journal.ts';
import type { Manifest } from './model.ts';
import type { ArchiveProgress } from './ports.ts';
import { LIVE_DATABASE, type FoundBackup, type RestoreParts } from './restore-parts.ts';
import type { JobContext } from './slot.ts';
import { stage } from './staging.ts';
import { clear, stageOf } from './swap.ts';

export interface PreparationRequest extends FoundBackup {
  readonly id: string;
  /** False: the index is rebuilt from SQLite. */
  readonly usesIndex: boolean;
}

type Parts = Pick<RestoreParts, 'premises' | 'source' | 'archive' | 'checkCopy' | 'files' | 'journalFile' | 'log'> & {
  /** The live database, whose numbers are not given out again; null where there is none. */
  readonly databaseFile: string | null;
};

/** A backup beside what it is to replace; nothing live is touched. */
export interface Preparation {
  /** Unpacks it, which reads and compares every byte. @throws AppError `damaged` naming the next-best backup, `limit` */
  unpack(request: PreparationRequest, job: JobContext): Promise<void>;
  /** Makes sure that what was unpacked is sound, and gives out no number twice. Nobody adds anything from here on. */
  check(request: PreparationRequest, signal: AbortSignal): Promise<void>;
  /** What was unpacked goes. False, and it stays, where a journal may speak of it: then the next start decides. */
  discard(id: string): Promise<boolean>;
}

export function createPreparation(parts: Parts): Preparation {
  const { premises, source, archive, files, databaseFile, log } = parts;

  function contentsIn({ usesIndex }: PreparationRequest) {
    const contents = premises.contents.filter(({ name }) => name === 'sqlite' || usesIndex);
    const [database] = contents;
    if (database === undefined) throw new AppError('internal', 'There is no database to restore to.');
    return { contents, database };
  }

  return {
    async unpack(request, job) {
      const { contents } = contentsIn(request);
      const { signal, report } = job;
      const onProgress = (progress: ArchiveProgress) => report({ stage: 'staging', ...progress });
      await source.whole(request, job, ({ file, manifest }) =>
        stage({ archive, file, manifest, id: request.id, contents }, { signal, onProgress }),
      );
    },
    async check(request, signal) {
      const { id, manifest } = request;
      const copy = join(stageOf(contentsIn(request).database, id), LIVE_DATABASE);
      const report = await parts.checkCopy(copy, signal);
      const wrong = [...report.problems, ...copyProblems(manifest, report)];
      if (wrong.length > 0) throw unsound(manifest, wrong);
      if (databaseFile === null) return;
      await files.reserveNumbers(copy, databaseFile).catch((error: unknown) => {
        // The copy is sound, so it is what is live that cannot be read: which numbers it gave out is lost with it.
        if (!isAppError(error, 'damaged')) throw error;
        log.warn('The damaged database does not tell which numbers it gave out; some may be given out again', {
          error,
        });
      });
    },
    async discard(id) {
      try {
        if ((await readJournal(parts.journalFile)) !== null) return false;
      } catch (error) {
        log.error('What a restore had unpacked stays, as its journal cannot be read', { error });
        return false;
      }
      const said = 'What a restore had unpacked could not be deleted; the next start does it';
      try {
        const held = await clear(premises.contents, { id }, () => undefined);
        if (held.length > 0) log.warn(said, { folders: held.join(', ') });
      } catch (error) {
        log.warn(said, { error });
      }
      return true;
    },
  };
}

function unsound({ name }: Manifest, problems: readonly string[]): AppError {
  const [first = ''] = problems;
  return new AppError('damaged', {
    en: `The database in ${name} is not sound (${first}), so nothing was changed. Choose another backup.`,
    ja: `${name} のデータベースに問題があるため（${first}）、何も変更していません。別のバックアップをお選びください。`,
  });
}
