import { AppError } from '../errors.ts';
import type { BackupManager, RestoreResult } from './api.ts';
import { judgeCompatibility } from './compatibility.ts';
import { contentsOf } from './contents-model.ts';
import { translateData } from './disk.ts';
import { createExchange } from './exchange.ts';
import { readJournal, restoreId } from './journal.ts';
import type { Requester } from './model.ts';
import { createPreparation } from './prepare.ts';
import { createPreview } from './preview.ts';
import type { Branch } from './ports.ts';
import type { RestoreParts } from './restore-parts.ts';
import { createSafety, type Safety } from './safety.ts';
import { newestNumber } from './state-model.ts';
import { throwIfAborted, type JobContext } from './slot.ts';
import { recoverRestore } from './recover.ts';

/**
 * Goes back to a backup, with a way back from that. Until the safety backup is made the bot goes on working and anything
 * may fail or be cancelled without a trace; from then on the exchange either succeeds or puts back what was there.
 */
export function createRestore(parts: RestoreParts): Pick<BackupManager, 'preview' | 'restore'> {
  const { slot, source, premises, clock, log } = parts;
  const exchange = createExchange(parts);
  const prepare = createPreparation(parts);
  const secure = createSafety(parts);

  async function perform(name: string, by: Requester, after: number, job: JobContext): Promise<RestoreResult> {
    const startedAt = clock();
    await settleEarlier();
    job.report({ stage: 'checking', doneBytes: 0, totalBytes: 0 });
    const found = await source.find(name);
    const { manifest, entry } = found;
    const { usesIndex } = judgeCompatibility(manifest, parts.capabilities());
    const id = restoreId(startedAt, parts.random);
    log.info(`Restoring ${entry.name}`, { by: by.name });
    let safety: Safety | null = null;
    try {
      const request = { ...found, usesIndex, id };
      await prepare.unpack(request, job);
      throwIfAborted(job.signal);
      premises.hold();
      job.report({ stage: 'saving', doneBytes: 0, totalBytes: 0 });
      const reason = `before the restore of ${entry.name}`;
      [safety] = await besideEachOther(job.signal, [
        (signal) => secure({ kind: 'safety', reason, by }, { ...job, signal }),
        (signal) => prepare.check(request, signal),
      ]);
      throwIfAborted(job.signal);
      const { waitedMs } = await exchange({ id, manifest, safety, startedAt, branch: await branch(after) }, job);
      const durationMs = clock() - startedAt;
      log.info(`Restored ${entry.name}`, { durationMs, waitedMs, safety: safety.name });
      const { documents, questions } = contentsOf(manifest.counts) ?? { documents: 0, questions: 0 };
      return { entry, safety: await safety.entry(), durationMs, waitedMs, documents, questions };
    } catch (error) {
      await abandon(id, safety);
      throw inTheData(error);
    }
  }

  function inTheData(error: unknown): unknown {
    const database = premises.contents.find((content) => content.name === 'sqlite');
    return database === undefined ? error : translateData(error, database.root);
  }

  async function branch(elsewhere: number): Promise<Branch> {
    const own = premises.state();
    const all = (await parts.room.list()).map(({ sidecar }) => sidecar?.manifest.identity ?? null);
    return { installationId: own?.installationId ?? null, after: Math.max(elsewhere, newestNumber([own, ...all])) };
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

  /** Whatever cannot be taken away again, the bot goes on, unless the next start has to decide. */
  async function abandon(id: string, safety: Safety | null): Promise<void> {
    if (!(await prepare.discard(id))) return;
    await safety?.discard().catch((error: unknown) => log.warn(`${safety.name} could not be deleted`, { error }));
    premises.resume();
  }

  return {
    preview: createPreview(parts),
    restore: (name, by, options = {}) =>
      slot.run('restore', options, (job) => perform(name, by, options.after ?? 0, job)),
  };
}

/** The first to fail stops the other, which is waited for. */
async function besideEachOther<A, B>(
  signal: AbortSignal,
  [first, second]: readonly [(signal: AbortSignal) => Promise<A>, (signal: AbortSignal) => Promise<B>],
): Promise<[A, B]> {
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const orFail = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      failure.abort(error);
      throw error;
    }
  };
  const working = [orFail(first(stop)), orFail(second(stop))] as const;
  await Promise.allSettled(working);
  if (failure.signal.aborted) throw failure.signal.reason;
  return Promise.all(working);
}
