import { createJobThreads } from '../adapters/threads/job-threads.ts';
import type { JobThreads } from '../backup/ports.ts';

/** For what would hold the main thread up: archives, snapshots, checks, encryption. */
export const createBackupThreads = (): JobThreads =>
  createJobThreads({ workerFile: new URL('../backup-worker.ts', import.meta.url) });
