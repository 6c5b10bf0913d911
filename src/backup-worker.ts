/** The edge of a worker thread for backups. */
import { serveJob } from './adapters/threads/serve-job.ts';
import { backupJobs } from './app/backup-jobs.ts';

await serveJob(backupJobs);
