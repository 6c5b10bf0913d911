import { setTimeout as wait } from 'node:timers/promises';
import { AppError, isAppError } from '../errors.ts';
import type { Log } from '../log.ts';

export interface PatienceOptions {
  /** 0: what is taken is refused at once. */
  readonly waitMs: number;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

/** Takes what one process at a time can have, and waits for the other to stop. */
export type Patience = <Taken extends Disposable>(place: string, take: () => Taken) => Promise<Taken>;

const POLL_MS = 100;
const SAY_MS = 10_000;

/**
 * When a new version is deployed, the old process and the new one have the volume together for a moment.
 * @throws AppError `conflict` when the other is still there at the end; `aborted`
 */
export function createPatience({ waitMs, log, signal }: PatienceOptions): Patience {
  return async (place, take) => {
    const begun = performance.now();
    for (let said = 0; ;) {
      try {
        const taken = take();
        if (said > 0) log.info(`The other NescordBot has let go of ${place}, going on`);
        return taken;
      } catch (error) {
        const waited = performance.now() - begun;
        if (!isAppError(error, 'conflict') || waited >= waitMs) throw error;
        if (waited >= said * SAY_MS) {
          const total = Math.round(waitMs / 1000);
          log.warn(
            said === 0
              ? `Another NescordBot is running on ${place}; waiting up to ${total} s until it has stopped`
              : `Still waiting for the other NescordBot on ${place} (${Math.round(waited / 1000)} of ${total} s)`,
          );
          said += 1;
        }
      }
      await wait(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch((cause: unknown) => {
        throw new AppError('aborted', 'Asked to stop while waiting for another process.', { cause });
      });
    }
  };
}
