import { createJobThreads } from '../../src/adapters/threads/job-threads.ts';

/** The backup's own threads, as the application makes them. */
export const backupThreads = createJobThreads({ workerFile: new URL('../../src/backup-worker.ts', import.meta.url) });
