import type { Job } from './model.ts';
import type { JobStore } from './store-ports.ts';

type OnChange = (job: Job) => void;

export interface Watchers {
  watch(jobId: number, onChange: OnChange): () => void;
  /** To be called when a change of the job has been committed. */
  notify(jobId: number): void;
}

/** Who wants to hear of which job. A watcher that throws harms neither the job nor the other watchers. */
export function createWatchers(jobs: Pick<JobStore, 'job'>): Watchers {
  const watchers = new Map<number, Set<OnChange>>();

  function drop(jobId: number, onChange: OnChange): void {
    const those = watchers.get(jobId);
    those?.delete(onChange);
    if (those?.size === 0) watchers.delete(jobId);
  }

  function tell(job: Job, onChange: OnChange): void {
    if (isOver(job)) drop(job.id, onChange);
    try {
      onChange(job);
    } catch (error) {
      // Outside of the job's own flow, where it counts as the watcher's defect.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  return {
    watch(jobId, onChange) {
      const those = watchers.get(jobId) ?? new Set();
      watchers.set(jobId, those.add(onChange));
      // It may have ended before anyone watched: then its end is told now, but never before `watch` has returned.
      queueMicrotask(() => {
        const job = watchers.get(jobId)?.has(onChange) ? jobs.job(jobId) : null;
        if (job && isOver(job)) tell(job, onChange);
      });
      return () => drop(jobId, onChange);
    },
    notify(jobId) {
      const those = watchers.get(jobId);
      const job = those ? jobs.job(jobId) : null;
      if (those && job) for (const onChange of those) tell(job, onChange);
    },
  };
}

function isOver(job: Job): boolean {
  return job.state === 'done' || job.state === 'failed';
}
