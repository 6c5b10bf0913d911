import { setTimeout as wait } from 'node:timers/promises';
import { isAppError } from '../../errors.ts';

/** Between two attempts while another job, a scheduled backup say, is under way. */
const WAITS_MS = [1_000, 15_000, 60_000, 240_000, 900_000];

/** Does what needs the place of a backup job once that is free. @throws AppError `busy` where that takes too long */
export async function whenFree<Result>(
  work: () => Promise<Result>,
  signal: AbortSignal,
  waitsMs: readonly number[] = WAITS_MS,
): Promise<Result> {
  for (const waitMs of waitsMs) {
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error, 'busy')) throw error;
      await wait(waitMs, undefined, { signal, ref: false });
    }
  }
  return work();
}
