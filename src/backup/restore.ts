import { join } from 'node:path';
import { AppError, isAppError } from '../errors.ts';
import type { BackupManager, RestoreResult } from './api.ts';
import { countProblems, judgeCompatibility } from './compatibility.ts';
import { createExchange } from './exchange.ts';
import { readJournal, restoreId } from './journal.ts';
import type { Manifest, Requester } from './model.ts';
import { createPreview } from './preview.ts';
import { LIVE_DATABASE, type FoundBackup, type RestoreParts } from './restore-parts.ts';
import { createSafety, type Safety } from './safety.ts';
import { throwIfAborted, type JobContext } from './slot.ts';
import { stage } from './staging.ts';
import { clear, stageOf } from './swap.ts';
import { recoverRestore } from './recover.ts';

/**
 * Goes back to a backup, with a way back from that. Until the safety backup is made the bot goes on working and anything
 * may fail or be cancelled without a trace; from then on the exchange either succeeds or puts back what was there.
 */
export function createRestore(parts: RestoreParts): Pick<BackupManager, 'preview' | 'restore'> {
  const { slot, source, premises, clock, log } = parts;
  const exchange = createExchange(parts);
  const secure = createSafety(parts);

  async function perform(name: string, by: Requester, job: JobContext): Promise<RestoreResult> {
    const startedAt = clock();
    await settleEarlier();
    job.report({ stage: 'checking', doneBytes: 0, totalBytes: 0 });
    const found = await source.verified(name, job);
    const { manifest, entry } = found;
    const { usesIndex } = judgeCompatibility(manifest, parts.capabilities());
    const id = restoreId(startedAt, parts.random);
    log.info(`Restoring ${entry.name}`, { by: by.name });
    let safety: Safety | null = null;
    try {
      await prepare(found, usesIndex, id, job);
      throwIfAborted(job.signal);
      premises.hold();
      job.report({ stage: 'saving', doneBytes: 0, totalBytes: 0 });
      safety = await secure({ kind: 'safety', reason: `before the restore of ${entry.name}`, by }, job);
      throwIfAborted(job.signal);
      const { waitedMs } = await exchange({ id, manifest, safety, startedAt }, job);
      const durationMs = clock() - startedAt;
      log.info(`Restored ${entry.name}`, { durationMs, waitedMs, safety: safety.name });
      const { documents = 0, questions = 0 } = manifest.counts.tables;
      return { entry, safety: await safety.entry(), durationMs, waitedMs, documents, questions };
    } catch (error) {
      await abandon(id, safety);
      throw error;
    }
  }

  /** A restore that is confirmed may have left its old content behind, for want of a moment. */
  async function settleEarlier(): Promise<void> {
    const journal = await readJournal(parts.journalFile);
    if (journal === null) return;
    if (!journal.confirmed) {
      throw new AppError('conflict', {
        en: 'An earlier restore was interrupted and has not been undone yet. Restart the bot, which undoes it, and try again.',
        ja: '以前の復元が中断されたままです。ボットを再起動すると取り消されます。その後、もう一度お試しください。',
      });
    }
    await recoverRestore(premises.contents, parts.journalFile);
  }

  async function prepare({ file, manifest }: FoundBackup, usesIndex: boolean, id: string, job: JobContext) {
    const contents = premises.contents.filter(({ name }) => name === 'sqlite' || usesIndex);
    const [database] = contents;
    if (database === undefined) throw new AppError('internal', 'There is no database to restore to.');
    await stage(
      { archive: parts.archive, file, manifest, id, contents },
      { signal: job.signal, onProgress: (progress) => job.report({ stage: 'staging', ...progress }) },
    );
    const copy = join(stageOf(database, id), LIVE_DATABASE);
    const report = await parts.checkCopy(copy, job.signal);
    const problems = [...report.problems, ...countProblems(manifest.counts.tables, report.tables)];
    if (problems.length > 0) throw unsound(manifest, problems);
    await parts.files.reserveNumbers(copy, parts.databaseFile).catch((error: unknown) => {
      // The copy is sound, so it is what is live that cannot be read: which numbers it gave out is lost with it.
      if (!isAppError(error, 'damaged')) throw error;
      log.warn('The damaged database does not tell which numbers it gave out; some may be given out again', { error });
    });
  }

  /** What was staged goes, unless a journal speaks of it: then the next start decides. */
  async function abandon(id: string, safety: Safety | null): Promise<void> {
    try {
      if ((await readJournal(parts.journalFile)) !== null) return;
      await clear(premises.contents, { id }, () => undefined);
      await safety?.discard();
      premises.resume();
    } catch (error) {
      log.warn('What a restore had unpacked could not be deleted; the next start does it', { error });
    }
  }

  return {
    preview: createPreview(parts),
    restore: (name, by, options = {}) => slot.run('restore', options, (job) => perform(name, by, job)),
  };
}

function unsound({ name }: Manifest, problems: readonly string[]): AppError {
  const [first = ''] = problems;
  return new AppError('damaged', {
    en: `The database in ${name} is not sound (${first}), so nothing was changed. Choose another backup.`,
    ja: `${name} のデータベースに問題があるため（${first}）、何も変更していません。別のバックアップをお選びください。`,
  });
}
