import { AppError } from '../errors.ts';
import type { BackupProgress, RunOptions } from './api.ts';
import { busyWords } from './words.ts';

export type JobName = 'backup' | 'restore' | 'verify';

/** What a job in the slot is given. */
export interface JobContext {
  /** Aborted by the caller, or when the program stops. */
  readonly signal: AbortSignal;
  /** Seen by the caller and by whoever asks what runs. */
  readonly report: (progress: BackupProgress) => void;
}

/** Keeps other processes on the same volume out. Resolves to null while one of them is at work. */
export type AcquireLock = () => Promise<(() => void | Promise<void>) | null>;

/** One job at a time: what makes, checks or restores a backup passes through here. */
export interface JobSlot {
  /** @throws AppError `busy` with the progress of what runs; `aborted` */
  run<T>(what: JobName, options: RunOptions, work: (job: JobContext) => Promise<T>): Promise<T>;
  running(): (BackupProgress & { readonly what: JobName }) | null;
  /**
   * For upkeep that must not meet a job: null, and nothing is done, while one is under way, here or in another process. A
   * job that comes has it aborted and waits until it has cleaned up.
   */
  whenFree<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | null>;
  /** Aborts what runs and waits until it has cleaned up; nothing starts afterwards. */
  close(): Promise<void>;
}

export function createJobSlot({ acquireLock }: { readonly acquireLock?: AcquireLock } = {}): JobSlot {
  const closing = new AbortController();
  let current: (BackupProgress & { readonly what: JobName }) | null = null;
  let ended: Promise<unknown> = Promise.resolve();
  let upkeep: { readonly stop: AbortController; readonly ended: Promise<unknown> } | null = null;

  async function endUpkeep(): Promise<void> {
    upkeep?.stop.abort();
    await upkeep?.ended;
  }

  async function occupy<T>(what: JobName, options: RunOptions, work: (job: JobContext) => Promise<T>): Promise<T> {
    const signal = options.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal]);
    const report = (progress: BackupProgress): void => {
      current = { ...progress, what };
      options.onProgress?.(progress);
    };
    await endUpkeep();
    const release = acquireLock === undefined ? () => undefined : await acquireLock();
    if (release === null) throw new AppError('busy', busyWords(null));
    try {
      throwIfAborted(signal);
      return await work({ signal, report });
    } finally {
      await release();
    }
  }

  return {
    async run(what, options, work) {
      if (current !== null) throw new AppError('busy', busyWords(current));
      throwIfAborted(closing.signal);
      current = { what, stage: 'waiting', doneBytes: 0, totalBytes: 0 };
      const job = occupy(what, options, work).finally(() => {
        current = null;
      });
      ended = job.catch(() => undefined); // the caller is told; `close` waits for the end only
      return job;
    },
    running: () => current,
    async whenFree(work) {
      if (current !== null || upkeep !== null || closing.signal.aborted) return null;
      const stop = new AbortController();
      const working = (async () => {
        const release = acquireLock === undefined ? () => undefined : await acquireLock();
        if (release === null) return null;
        try {
          return stop.signal.aborted ? null : await work(AbortSignal.any([closing.signal, stop.signal]));
        } finally {
          await release();
        }
      })();
      upkeep = { stop, ended: working.catch(() => undefined) }; // the caller is told
      try {
        return await working;
      } finally {
        upkeep = null;
      }
    },
    async close() {
      closing.abort();
      await ended;
      await upkeep?.ended;
    },
  };
}

/** @throws AppError `aborted` */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new AppError(
    'aborted',
    { en: 'It was cancelled. Nothing was changed.', ja: 'キャンセルしました。何も変更していません。' },
    { cause: signal.reason },
  );
}
