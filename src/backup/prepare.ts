import { join } from 'node:path';
import { AppError, isAppError } from '../errors.ts';
import { countProblems } from './compatibility.ts';
import type { Manifest } from './model.ts';
import { LIVE_DATABASE, type FoundBackup, type RestoreParts } from './restore-parts.ts';
import type { JobContext } from './slot.ts';
import { stage } from './staging.ts';
import { stageOf } from './swap.ts';

export interface PreparationRequest extends Pick<FoundBackup, 'file' | 'manifest'> {
  readonly id: string;
  /** False: the index is rebuilt from SQLite. */
  readonly usesIndex: boolean;
}

type Parts = Pick<RestoreParts, 'premises' | 'archive' | 'checkCopy' | 'files' | 'log'> & {
  /** The live database, whose numbers are not given out again; null where there is none. */
  readonly databaseFile: string | null;
};

/** Unpacks a backup beside what it is to replace and makes sure that it is sound. Nothing live is touched. */
export function createPreparation(
  parts: Parts,
): (request: PreparationRequest, job: Pick<JobContext, 'signal' | 'report'>) => Promise<void> {
  const { premises, archive, files, databaseFile, log } = parts;
  return async ({ id, file, manifest, usesIndex }, { signal, report }) => {
    const contents = premises.contents.filter(({ name }) => name === 'sqlite' || usesIndex);
    const [database] = contents;
    if (database === undefined) throw new AppError('internal', 'There is no database to restore to.');
    await stage(
      { archive, file, manifest, id, contents },
      { signal, onProgress: (progress) => report({ stage: 'staging', ...progress }) },
    );
    const copy = join(stageOf(database, id), LIVE_DATABASE);
    const { problems, tables } = await parts.checkCopy(copy, signal);
    const wrong = [...problems, ...countProblems(manifest.counts.tables, tables)];
    if (wrong.length > 0) throw unsound(manifest, wrong);
    if (databaseFile === null) return;
    await files.reserveNumbers(copy, databaseFile).catch((error: unknown) => {
      // The copy is sound, so it is what is live that cannot be read: which numbers it gave out is lost with it.
      if (!isAppError(error, 'damaged')) throw error;
      log.warn('The damaged database does not tell which numbers it gave out; some may be given out again', { error });
    });
  };
}

function unsound({ name }: Manifest, problems: readonly string[]): AppError {
  const [first = ''] = problems;
  return new AppError('damaged', {
    en: `The database in ${name} is not sound (${first}), so nothing was changed. Choose another backup.`,
    ja: `${name} のデータベースに問題があるため（${first}）、何も変更していません。別のバックアップをお選びください。`,
  });
}
