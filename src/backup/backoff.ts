const MINUTE_MS = 60_000;
const FIRST_MS = MINUTE_MS;
const LONGEST_MS = 60 * MINUTE_MS;

/** A change waits for a minute of quiet, but not for ever where people keep teaching. */
const QUIET_MS = MINUTE_MS;
const LONGEST_WAIT_MS = 10 * MINUTE_MS;
const BETWEEN_MS = 10 * MINUTE_MS;

export interface Retries {
  /** How long to wait after one more failure: 1 min, doubled up to 1 h, up to a fifth more so that many do not meet. */
  next(): number;
  /** Somebody else's job runs: no failure. */
  whenBusy(): number;
  succeeded(): void;
}

export function createRetries(random: () => number): Retries {
  let failures = 0;
  const jittered = (ms: number): number => Math.min(LONGEST_MS, ms * (1 + random() / 5));
  return {
    next() {
      failures += 1;
      return jittered(Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)));
    },
    whenBusy: () => jittered(FIRST_MS),
    succeeded() {
      failures = 0;
    },
  };
}

/**
 * How long after a change its backup is due: a minute after the last one, ten minutes after the last backup. A clock that
 * was put back puts no moment of the past into the future.
 */
export function changeDelay(now: number, firstChangeAt: number, lastRunAt: number): number {
  const quiet = Math.min(now + QUIET_MS, firstChangeAt + LONGEST_WAIT_MS);
  return Math.max(0, Math.max(quiet, Math.min(lastRunAt, now) + BETWEEN_MS) - now);
}
