import type { Library } from '../knowledge/api.ts';
import type { Job } from '../knowledge/model.ts';

/** Who waits for which job, kept while one knowledge base takes the place of another. */
export interface JobBoard {
  watch(jobId: number, onChange: (job: Job) => void): () => void;
  /** The library that the jobs are in goes. */
  leave(): void;
  /** Jobs that are in this library, too, are watched on; for the others this is the end. */
  enter(library: Library): void;
}

interface Watcher {
  readonly jobId: number;
  readonly onChange: (job: Job) => void;
  /** As it was last seen; null until then. */
  last: Job | null;
  stop: () => void;
}

const nothing = (): void => undefined;

export function createJobBoard(): JobBoard {
  const watchers = new Set<Watcher>();
  let library: Library | null = null;

  function attach(watcher: Watcher, to: Library): void {
    watcher.last = to.job(watcher.jobId) ?? watcher.last;
    watcher.stop = to.watchJob(watcher.jobId, (job) => {
      watcher.last = job;
      if (job.state === 'done' || job.state === 'failed') watchers.delete(watcher);
      watcher.onChange(job);
    });
  }

  return {
    watch(jobId, onChange) {
      const watcher: Watcher = { jobId, onChange, last: null, stop: nothing };
      watchers.add(watcher);
      if (library !== null) attach(watcher, library);
      return () => {
        watchers.delete(watcher);
        watcher.stop();
      };
    },
    leave() {
      library = null;
      for (const watcher of watchers) watcher.stop();
    },
    enter(next) {
      if (library === next) return;
      library = next;
      for (const watcher of watchers) {
        const { jobId, last, onChange } = watcher;
        const found = next.job(jobId);
        if (found !== null && (last === null || found.createdAt === last.createdAt)) attach(watcher, next);
        else {
          watchers.delete(watcher);
          if (last !== null) onChange({ ...last, state: 'failed', ...gone });
        }
      }
    },
  };
}

const words = {
  en: 'A backup from before this was restored, so this document is not known any more. Add it again.',
  ja: 'この文書を追加する前のバックアップが復元されたため、この文書は登録されていません。もう一度追加してください。',
};
const gone = { failure: words.en, failureWords: words };
