import { Worker } from 'node:worker_threads';
import type { DashboardFiles } from './files-worker.ts';

let known: Promise<DashboardFiles> | null = null;

/** Made when somebody first opens the dashboard, and kept: there is no build step. */
export function dashboardFiles(): Promise<DashboardFiles> {
  known ??= build().catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
}

function build(): Promise<DashboardFiles> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('files-worker.ts', import.meta.url));
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The thread that prepares the dashboard ended without a result.')));
  });
}
