import { Worker } from 'node:worker_threads';
import type { ArchiveProgress, JobThreads } from '../../backup/ports.ts';
import { AppError } from '../../errors.ts';
import { unwrap, type Envelope } from './envelope.ts';

export type FromJob =
  | { readonly kind: 'progress'; readonly progress: ArchiveProgress }
  | { readonly kind: 'question'; readonly question: unknown }
  | { readonly kind: 'done'; readonly envelope: Envelope<unknown> };

export type ToJob = { readonly kind: 'abort' } | { readonly kind: 'answer'; readonly answer: unknown };

export interface JobThreadsOptions {
  /** A module that calls `serveJob`. */
  readonly workerFile: URL;
  /** How long an aborted job may take to clear up before its thread is ended. */
  readonly graceMs?: number;
  readonly maxHeapMb?: number;
}

/** Buffers lie outside the heap and go with the small objects that name them: frequent small collections release both. */
const YOUNG_MB = 2;

/** A fresh thread for each job: rare, long work, whose memory goes back when it ends. */
export function createJobThreads({ workerFile, graceMs = 10_000, maxHeapMb = 192 }: JobThreadsOptions): JobThreads {
  return {
    async run<Result>(name: string, request: unknown, work: Parameters<JobThreads['run']>[2] = {}): Promise<Result> {
      const { signal, onProgress, answer } = work;
      throwIfAborted(signal);
      const worker = new Worker(workerFile, {
        workerData: { name, request },
        resourceLimits: { maxOldGenerationSizeMb: maxHeapMb, maxYoungGenerationSizeMb: YOUNG_MB },
      });
      const tell = (message: ToJob) => worker.postMessage(message, []);
      let late: NodeJS.Timeout | undefined;
      const abort = () => {
        tell({ kind: 'abort' });
        late ??= setTimeout(() => void worker.terminate(), graceMs);
      };
      let failure: Error | null = null;
      const reply = async (question: unknown) => {
        try {
          tell({ kind: 'answer', answer: await answer?.(question) });
        } catch (error) {
          failure = error instanceof Error ? error : new Error(String(error));
          abort(); // the job clears up first
        }
      };
      signal?.addEventListener('abort', abort, { once: true });
      try {
        const envelope = await new Promise<Envelope<unknown> | null>((resolve, reject) => {
          let outcome: Envelope<unknown> | null = null;
          worker.on('message', (message: FromJob) => {
            if (message.kind === 'done') outcome = message.envelope;
            else if (message.kind === 'progress') onProgress?.(message.progress);
            else void reply(message.question);
          });
          worker.once('error', (error) => reject(outOfMemory(error, name)));
          worker.once('exit', () => resolve(outcome));
        });
        if (envelope?.ok === true) return unwrap(envelope) as Result;
        if (failure !== null) throw failure as Error;
        throwIfAborted(signal);
        if (envelope === null) throw new AppError('internal', `The thread for “${name}” ended without a result.`);
        return unwrap(envelope) as Result;
      } finally {
        clearTimeout(late);
        signal?.removeEventListener('abort', abort);
      }
    },
  };
}

function outOfMemory(error: unknown, name: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (!('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new AppError('internal', `The thread for “${name}” needed more memory than it may have.`, { cause: error });
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new AppError(
    'aborted',
    { en: 'The backup work was cancelled.', ja: 'バックアップの処理は中止されました。' },
    { cause: signal.reason },
  );
}
