import type { BackupProgress } from '../backup/api.ts';
import type { Caller } from './tokens.ts';
import { problemOf, type Problem } from './problem.ts';

export type ApiJobKind = 'backup' | 'verify' | 'drill' | 'restore' | 'cleanup' | 'integrity' | 'sync';

/** Work that was begun through the API. In memory: after a restart nothing is claimed about it. */
export interface ApiJob<Result> {
  readonly id: string;
  readonly kind: ApiJobKind;
  /** The backup that it is about, where one was named. */
  readonly backup: string | null;
  readonly by: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly progress: BackupProgress | null;
  readonly result: Result | null;
  readonly problem: Problem | null;
}

export interface JobRequest<Result> {
  readonly kind: ApiJobKind;
  readonly backup: string | null;
  readonly caller: Caller;
  /** The same key from the same caller means the same job. */
  readonly key: string | null;
  readonly work: (report: (progress: BackupProgress) => void) => Promise<Result>;
}

export interface Jobs<Result> {
  start(request: JobRequest<Result>): ApiJob<Result>;
  /** The job that this caller began with this key. */
  withKey(caller: Caller, key: string | null): ApiJob<Result> | null;
  find(id: string): ApiJob<Result> | null;
  /** Newest first. */
  list(): readonly ApiJob<Result>[];
  /** What keeps others from beginning; sending copies does not. */
  running(): ApiJob<Result> | null;
  /** Returns the way to stop. */
  onChange(listener: (job: ApiJob<Result>) => void): () => void;
}

const KEEP_MS = 24 * 3_600_000;
const MOST = 200;

export function createJobs<Result>(options: {
  readonly clock: () => number;
  readonly randomId: () => string;
}): Jobs<Result> {
  const { clock, randomId } = options;
  const jobs = new Map<string, ApiJob<Result>>();
  const keys = new Map<string, string>();
  const listeners = new Set<(job: ApiJob<Result>) => void>();

  function change(id: string, more: Partial<ApiJob<Result>>): void {
    const known = jobs.get(id);
    if (known === undefined) return;
    const next = { ...known, ...more };
    jobs.set(id, next);
    for (const tell of listeners) tell(next);
  }

  function prune(): void {
    const now = clock();
    const ended = [...jobs.values()].filter(({ endedAt }) => endedAt !== null);
    const surplus = Math.max(0, jobs.size - MOST + 1);
    for (const [index, { id, endedAt }] of ended.entries())
      if (index < surplus || now - (endedAt ?? now) > KEEP_MS) jobs.delete(id);
    for (const [key, id] of keys) if (!jobs.has(id)) keys.delete(key);
  }

  const running = () => [...jobs.values()].find(({ state, kind }) => state === 'running' && kind !== 'sync') ?? null;
  const keyOf = (caller: Caller, key: string): string => `${caller.name}\n${key}`;

  return {
    start({ kind, backup, caller, key, work }) {
      prune();
      const job: ApiJob<Result> = {
        id: randomId(),
        kind,
        backup,
        by: caller.name,
        state: 'running',
        startedAt: clock(),
        endedAt: null,
        progress: null,
        result: null,
        problem: null,
      };
      jobs.set(job.id, job);
      for (const tell of listeners) tell(job);
      if (key !== null) keys.set(keyOf(caller, key), job.id);
      void work((progress) => change(job.id, { progress })).then(
        (result) => change(job.id, { state: 'done', endedAt: clock(), result }),
        (error: unknown) => change(job.id, { state: 'failed', endedAt: clock(), problem: problemOf(error) }),
      );
      return jobs.get(job.id) ?? job;
    },
    withKey(caller, key) {
      prune();
      return key === null ? null : (jobs.get(keys.get(keyOf(caller, key)) ?? '') ?? null);
    },
    find(id) {
      prune();
      return jobs.get(id) ?? null;
    },
    list() {
      prune();
      return [...jobs.values()].reverse();
    },
    running,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
