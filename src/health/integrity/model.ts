import type { Words } from '../../errors.ts';

export type IntegrityPart = 'database' | 'contents' | 'index' | 'backups';

export interface IntegrityFinding {
  readonly part: IntegrityPart;
  /** `repaired`: was wrong, and is right again. `skipped`: could not be looked at this time. */
  readonly state: 'sound' | 'repaired' | 'damaged' | 'skipped';
  /** What was looked at, found and done, and what is left to do. */
  readonly words: Words;
}

/** One look at everything that is kept. */
export interface IntegrityReport {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly findings: readonly IntegrityFinding[];
}

/** Looks by itself, once a night, at all that is kept, and puts right what can be made anew. */
export interface IntegrityWatch {
  /**
   * Looks now, at all of it unless parts are named.
   * @throws AppError `busy` while it does already; `aborted`
   */
  look(signal?: AbortSignal, parts?: readonly IntegrityPart[]): Promise<IntegrityReport>;
  /** Newest first. */
  history(): readonly IntegrityReport[];
}
