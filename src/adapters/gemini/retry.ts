import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import { isAppError } from '../../errors.ts';
import { aborted, throwIfAborted } from './attempt.ts';
import type { GeminiOptions, Wait } from './options.ts';

export interface Patience {
  readonly retries: number;
  /** A longer wait than this is the caller's to decide on: the error is thrown with its `retryAfterMs`. */
  readonly longestWaitMs: number;
}

/** Tries again what was unavailable, with jitter, and what was over a quota, when Google says so. */
export async function retrying<T>(
  run: () => Promise<T>,
  patience: Patience,
  options: Pick<GeminiOptions, 'random' | 'wait'>,
  signal?: AbortSignal,
): Promise<T> {
  throwIfAborted(signal);
  const wait = options.wait ?? realWait;
  try {
    return await pRetry(run, {
      retries: patience.retries,
      minTimeout: 0, // the waits are ours: p-retry knows neither RetryInfo nor an injected clock
      ...(signal === undefined ? {} : { signal }),
      async shouldRetry({ error, attemptNumber }) {
        if (!isAppError(error) || (error.code !== 'unavailable' && error.code !== 'limit')) return false;
        const ms = error.retryAfterMs ?? backoffMs(attemptNumber, options.random);
        if (ms > patience.longestWaitMs) return false;
        await wait(ms, signal);
        return true;
      },
    });
  } catch (error) {
    throw signal?.aborted === true ? aborted(error) : error;
  }
}

/** 0.25–0.5 s after the first failure, twice as long after each further one, at most 8 s. */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.round(Math.min(8_000, 250 * 2 ** attempt) * (0.5 + random() / 2));
}

export const realWait: Wait = async (ms, signal) => {
  await delay(ms, undefined, signal === undefined ? {} : { signal });
};
