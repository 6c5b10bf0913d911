import pRetry from 'p-retry';
import { isPassing } from './failures.ts';

const RETRIES = 4;
const LONGEST_WAIT_MS = 10_000;

/**
 * Tries again, with growing pauses, what must arrive and met a Discord that had trouble: discord.js by itself tries three
 * times, at once. With a second as the first pause it takes 15 to 30 s to give up.
 */
export function persistently<Result>(send: () => Promise<Result>, firstWaitMs: number): Promise<Result> {
  return pRetry(send, {
    retries: RETRIES,
    minTimeout: firstWaitMs,
    maxTimeout: LONGEST_WAIT_MS,
    randomize: true,
    unref: true, // nobody who stops waits for it
    shouldRetry: ({ error }) => isPassing(error),
  });
}
