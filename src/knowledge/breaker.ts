import { AppError, isAppError } from '../errors.ts';
import type { Clock } from './ports.ts';

export interface BreakerOptions {
  readonly clock: Clock;
  /** After the first failure; each further one in a row doubles it. */
  readonly restMs: number;
  readonly longestRestMs: number;
  readonly isFault: (error: unknown) => boolean;
}

export interface Breaker {
  /**
   * Runs `attempt` unless the part failed a short while ago: then the last error is thrown again at once, with
   * `retryAfterMs` saying when the next attempt will be made. One attempt at a time tries whether it is back.
   */
  run<Result>(attempt: () => Promise<Result>): Promise<Result>;
}

/** Keeps a part that is down from costing every question its whole time-out. */
export function createBreaker({ clock, restMs, longestRestMs, isFault }: BreakerOptions): Breaker {
  let failures = 0;
  let restsUntil = 0;
  let longestMs = 0;
  let lastError: AppError | null = null;
  let trying = false;

  function failed(error: unknown): void {
    failures += 1;
    const rest = Math.min(restMs * 2 ** (failures - 1), longestRestMs);
    // What a vendor says about when to come back is better known than our guess.
    const told = isAppError(error, 'limit') ? error.retryAfterMs : null;
    longestMs = told ?? rest;
    restsUntil = clock() + longestMs;
    lastError = isAppError(error)
      ? error
      : new AppError(
          'internal',
          { en: 'A part failed unexpectedly.', ja: '予期しない問題が起きました。' },
          { cause: error },
        );
  }

  return {
    async run(attempt) {
      const leftMs = restsUntil - clock();
      const restMsLeft = leftMs > longestMs ? 0 : leftMs; // a clock that was put back makes no rest longer
      if (lastError !== null && (restMsLeft > 0 || trying)) {
        throw new AppError(lastError.code, lastError.words, {
          cause: lastError,
          retryAfterMs: Math.max(restMsLeft, 1000),
        });
      }
      const isTrial = lastError !== null;
      trying ||= isTrial;
      try {
        const result = await attempt();
        failures = 0;
        lastError = null;
        return result;
      } catch (error) {
        if (isFault(error)) failed(error);
        throw error;
      } finally {
        if (isTrial) trying = false;
      }
    },
  };
}
