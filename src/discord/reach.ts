import type { REST } from 'discord.js';
import { Routes } from 'discord-api-types/v10';
import pRetry from 'p-retry';
import type { Log } from '../log.ts';
import { isPassing } from './failures.ts';

export interface ReachOptions {
  readonly rest: Pick<REST, 'get'>;
  readonly firstWaitMs: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const LONGEST_WAIT_MS = 60_000;

/**
 * Waits until Discord answers, however long that takes. Whoever supervises the process gives up after a few restarts, and
 * the bot would then stay down when the network, or Discord, is long back.
 */
export async function reachDiscord({ rest, firstWaitMs, log, signal }: ReachOptions): Promise<void> {
  await pRetry(() => rest.get(Routes.gateway(), { auth: false, signal }), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: firstWaitMs,
    maxTimeout: LONGEST_WAIT_MS,
    signal,
    shouldRetry: ({ error }) => !signal.aborted && isPassing(error),
    onFailedAttempt({ error }) {
      if (!signal.aborted && isPassing(error))
        log.warn(`Discord cannot be reached, trying again until it can (${error.message})`);
    },
  });
}
