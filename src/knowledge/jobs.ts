import { counted } from '../counted.ts';
import { AppError, isAppError, wordsIn } from '../errors.ts';
import type { Words } from '../errors.ts';
import type { Job, JobKind, JobStep } from './model.ts';
import type { Clock } from './ports.ts';
import type { JobStore } from './store-ports.ts';
import { verdictOn } from './job-verdict.ts';
import { createWatchers } from './job-watchers.ts';

/** What a handler is given: it may be run again from the start at any time, so each of its steps is repeatable. */
export interface JobContext {
  /** Aborted when the program stops: give up at the next safe point by throwing; the job goes on at the next start. */
  readonly signal: AbortSignal;
  /** Recorded at once when the step changes, otherwise a few times a second. */
  readonly progress: (change: { step: JobStep; done: number; total: number }) => void;
}

export interface JobHandler {
  /** `restAt`: when the rest of it is to be done; the job is run again then. */
  run(job: Job, context: JobContext): Promise<void | { readonly restAt?: number }>;
  /** Called before the job is recorded as failed, for good. */
  failed?(job: Job, words: Words): void;
}

export type JobLog = (level: 'debug' | 'info' | 'warn' | 'error', message: string, error?: unknown) => void;

export interface JobRunnerOptions {
  readonly jobs: JobStore;
  readonly handlers: Readonly<Record<JobKind, JobHandler>>;
  /** False while what all jobs need is down: they wait, instead of failing one by one. */
  readonly isUp?: () => boolean;
  readonly clock: Clock;
  /** False while it is not certain what time it is: what was done long ago is not forgotten then. */
  readonly mayDeleteByAge?: () => boolean;
  /** 0…1, for the jitter of retries. */
  readonly random: () => number;
  readonly log: JobLog;
  /** After so many failures that are nobody's fault but ours, a job is given up. */
  readonly maxAttempts?: number;
}

export interface JobRunner {
  /** Takes up what a crash left behind, then works until `stop`. */
  start(): void;
  /** Resolves when the jobs under way have reached a safe point; they go on at the next start. */
  stop(): Promise<void>;
  /** There may be something to do: a job was added, or time has passed. */
  wake(): void;
  /** A part that jobs may have waited for is back: they go on at once. */
  goOn(): void;
  /** Calls back with each committed change, and a last time when the job is done or failed. Returns the way to stop. */
  watch(jobId: number, onChange: (job: Job) => void): () => void;
}

/**
 * Each lane runs one job at a time. Removing does not wait behind a long indexing, nor a short document behind a long one;
 * while one waits for its vectors or for the index, another is read.
 */
const lanes: readonly (readonly JobKind[])[] = [['purge'], ['ingest', 'reindex'], ['ingest'], ['ingest']];
const progressEveryMs = 300;
/** Jobs also come from other processes, which cannot wake this one. */
const longestSleepMs = 2_000;
/** While the index is down. */
const downSleepMs = 500;
/** The store takes what waits for longer to have been written under another clock. */
const longestDelayMs = 24 * 3_600_000;
const storeFailedMs = 5_000;
const mostInterruptions = 10;

export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const { jobs, handlers, clock, log, isUp = () => true, mayDeleteByAge = () => true } = options;
  const watchers = createWatchers(jobs);
  const sleepers = new Set<() => void>();
  let stopping = new AbortController();
  let running: Promise<unknown> | null = null;
  let waiting = false;
  /** Jobs that something outside kept from their work; after a start all are tried again anyway. */
  const kept = new Set<number>();

  /** Said once for all lanes, at each turn. */
  function mayWork(): boolean {
    const up = isUp();
    if (up === waiting) {
      waiting = !up;
      log(
        'info',
        up ? 'Database and index are there; jobs go on.' : 'Database or index are down; jobs wait until they are back.',
      );
      if (up) goOn();
    }
    return up;
  }

  function goOn(): void {
    for (const id of kept) jobs.hastenJob(id, clock());
    kept.clear();
    wake();
  }

  async function work(kinds: readonly JobKind[], signal: AbortSignal): Promise<void> {
    let unsettled: Job | null = null;
    while (!signal.aborted) {
      try {
        if (unsettled) jobs.requeueJob(unsettled.id, clock(), true);
        unsettled = mayWork() ? jobs.takeJob(clock(), kinds) : null;
        if (unsettled) await runOne(unsettled, signal);
        else if (waiting) await sleep(downSleepMs, signal);
        else await sleep(Math.min((jobs.nextJobAt(kinds) ?? Infinity) - clock(), longestSleepMs), signal);
        unsettled = null;
      } catch (error) {
        // The store itself fails (a full disk, say), so that not even the job's end could be written down.
        log('error', `The job queue cannot be read or written; trying again in ${storeFailedMs / 1000} s.`, error);
        await sleep(storeFailedMs, signal);
      }
    }
  }

  async function runOne(job: Job, signal: AbortSignal): Promise<void> {
    watchers.notify(job.id);
    kept.delete(job.id);
    try {
      if ((job.interruptions ?? 0) >= mostInterruptions) throw poisoned();
      const { restAt } = (await handlers[job.kind].run(job, { signal, progress: recorder(job) })) ?? {};
      if (restAt === undefined) jobs.finishJob(job.id, clock());
      else jobs.restJob(job.id, restAt);
    } catch (error) {
      settle(job, error, signal);
    }
    watchers.notify(job.id);
  }

  function settle(job: Job, error: unknown, signal: AbortSignal): void {
    const verdict = verdictOn(error, { ...options, attempts: job.attempts, stopping: signal.aborted });
    const name = `${job.kind} job ${job.id}`;
    if (verdict.kind === 'fail') {
      const message = `The ${name} failed: ${wordsIn('en', verdict.words)}`;
      // A document that cannot be read is its author's to put right, and the words say all of it.
      if (isAppError(error, 'invalid') && error.cause === undefined) log('warn', message);
      else log('error', message, error);
      handlers[job.kind].failed?.(job, verdict.words);
      jobs.failJob(job.id, verdict.words, clock());
      return;
    }
    if (isAppError(error, 'unavailable')) kept.add(job.id);
    const delayMs = Math.min(verdict.delayMs, longestDelayMs);
    jobs.requeueJob(job.id, clock() + delayMs, verdict.countAttempt, verdict.words);
    if (verdict.words === null) log('debug', `The ${name} was interrupted and goes on at the next start.`);
    else if (!isUp()) log('debug', `The ${name} waits for the index: ${wordsIn('en', verdict.words)}`);
    else
      log('warn', `The ${name} waits ${Math.ceil(verdict.delayMs / 1000)} s: ${wordsIn('en', verdict.words)}`, error);
  }

  function recorder(job: Job): JobContext['progress'] {
    let step = job.step;
    let writtenAt = -Infinity;
    return (change) => {
      const now = clock();
      if (change.step === step && change.done < change.total && now - writtenAt < progressEveryMs) return;
      step = change.step;
      writtenAt = now;
      jobs.updateJob(job.id, change);
      watchers.notify(job.id);
    };
  }

  function sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wakeUp = () => {
        clearTimeout(timer);
        sleepers.delete(wakeUp);
        resolve();
      };
      const timer = setTimeout(wakeUp, Math.max(ms, 0));
      sleepers.add(wakeUp);
    });
  }

  function wake(): void {
    for (const wakeUp of sleepers) wakeUp();
  }

  return {
    start() {
      if (running) return;
      const recovered = jobs.recoverJobs(clock(), mayDeleteByAge());
      if (recovered > 0) log('info', `Interrupted, and going on: ${counted(recovered, 'job')}.`);
      stopping = new AbortController();
      const { signal } = stopping;
      running = Promise.all(lanes.map((kinds) => work(kinds, signal)));
    },
    async stop() {
      stopping.abort(new AppError('aborted', 'The program is stopping.'));
      wake();
      await running;
      running = null;
    },
    wake,
    goOn,
    watch: (jobId, onChange) => watchers.watch(jobId, onChange),
  };
}

function poisoned(): AppError {
  return new AppError('invalid', {
    en: `Working on this stopped the whole program ${mostInterruptions} times, so it was given up. Remove it, or add it in smaller parts.`,
    ja: `この処理中にプログラム全体が${mostInterruptions}回停止したため、中止しました。削除するか、小さく分けて追加してください。`,
  });
}
