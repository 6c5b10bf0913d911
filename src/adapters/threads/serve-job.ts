import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadContext } from '../../backup/ports.ts';
import { AppError } from '../../errors.ts';
import { wrapError, type Envelope } from './envelope.ts';
import type { FromJob, ToJob } from './job-threads.ts';

export type Job = (request: never, context: ThreadContext) => unknown;

/** People look at progress a few times a second. */
const progressEveryMs = 100;

/**
 * Of a thread, where 0 is everybody's and 19 the lowest. Among busy ones a thread at 0 runs nine times as long as these; at 5,
 * three times, which people noticed.
 */
const niceness = 10;

/**
 * Answers come before backups: whoever waits for a processor is served before these threads and those that they start.
 * Only Linux has a priority for a thread; elsewhere it would be that of the whole process.
 */
function stepBack(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(niceness);
  } catch {
    // Where it is forbidden, the work is done all the same.
  }
}

/** Runs the job that this thread was started for, then lets the thread end. */
export async function serveJob(jobs: Readonly<Record<string, () => Promise<Job>>>): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('This file is the edge of a worker thread.');
  stepBack();
  const { name, request } = workerData as { readonly name: string; readonly request: unknown };
  const stop = new AbortController();
  const waiting: ((answer: unknown) => void)[] = [];
  const tell = (message: FromJob) => port.postMessage(message);
  port.on('message', (message: ToJob) => {
    if (message.kind === 'abort') stop.abort(new AppError('aborted', 'The backup work was cancelled.'));
    else waiting.shift()?.(message.answer);
  });
  let toldAt = 0;
  const context: ThreadContext = {
    signal: stop.signal,
    progress(progress) {
      const now = Date.now();
      if (now - toldAt < progressEveryMs && progress.doneBytes < progress.totalBytes) return;
      toldAt = now;
      tell({ kind: 'progress', progress });
    },
    ask: (question) =>
      new Promise((resolve, reject) => {
        stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true });
        waiting.push(resolve);
        tell({ kind: 'question', question });
      }),
  };
  try {
    tell({ kind: 'done', envelope: await outcomeOf(await jobs[name]?.(), name, request, context) });
  } finally {
    port.close();
  }
}

async function outcomeOf(
  job: Job | undefined,
  name: string,
  request: unknown,
  context: ThreadContext,
): Promise<Envelope<unknown>> {
  try {
    if (job === undefined) throw new AppError('internal', `The worker's file knows no job “${name}”.`);
    return { ok: true, value: await job(request as never, context) };
  } catch (error) {
    return wrapError(error);
  }
}
