/** `skip`: not looked at, because of what another finding tells. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skip';

/** What one check found. */
export interface Finding {
  /** A word or two: `token`, `permissions in Tea House`. */
  readonly check: string;
  readonly verdict: Verdict;
  /** What is so, without secrets. */
  readonly detail: string;
  /** What to do about it; null where nothing has to be done, or the detail says it. */
  readonly remedy: string | null;
}

export const ok = (check: string, detail: string): Finding => ({ check, verdict: 'ok', detail, remedy: null });

export const warn = (check: string, detail: string, remedy: string | null): Finding => ({
  check,
  verdict: 'warn',
  detail,
  remedy,
});

export const fail = (check: string, detail: string, remedy: string): Finding => ({
  check,
  verdict: 'fail',
  detail,
  remedy,
});

export const skip = (check: string, because: string): Finding => ({
  check,
  verdict: 'skip',
  detail: `not looked at, because ${because}`,
  remedy: null,
});

/** An error; without a remedy, its message says already what to do. */
export const failed = (check: string, error: unknown, remedy: string | null = null): Finding => ({
  check,
  verdict: 'fail',
  detail: error instanceof Error ? error.message : String(error),
  remedy,
});
