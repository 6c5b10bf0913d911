import { backupJobs } from '../../../src/app/backup-jobs.ts';
import type { JobThreads } from '../../../src/backup/ports.ts';

/** The backup's jobs in this thread, one after another as they are asked for: there, what they write can be made to fail. */
export const jobsHere: JobThreads = {
  async run<Result>(name: string, request: unknown, work: Parameters<JobThreads['run']>[2] = {}): Promise<Result> {
    const { signal = new AbortController().signal, onProgress, answer } = work;
    signal.throwIfAborted();
    const job = await backupJobs[name]?.();
    if (job === undefined) throw new Error(`There is no job “${name}”.`);
    const result = await job(request as never, {
      signal,
      progress: (progress) => onProgress?.(progress),
      ask: async (question) => answer?.(question),
    });
    return result as Result;
  },
};
