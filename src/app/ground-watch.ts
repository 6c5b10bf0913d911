import { wordsIn } from '../errors.ts';
import type { StoreCondition } from '../health/ports.ts';
import type { Log } from '../log.ts';

export interface GroundWatchParts {
  /** Of the database that is open; null while none is. */
  readonly condition: () => StoreCondition | null;
  readonly lookAtLock: () => void;
  readonly log: Log;
  readonly everyMs?: number;
}

/** Soon enough for whoever sends requests on by `/readyz`, and a look takes some microseconds. */
const EVERY_MS = 2_000;

/** Notices what is done to files that are open, which nobody tells: they are taken away, or their disk fills up. */
export function watchGround({ condition, lookAtLock, log, everyMs = EVERY_MS }: GroundWatchParts): Disposable {
  let said: string | null = null;

  async function look(): Promise<void> {
    const open = condition();
    const trouble = (await open?.look()) ?? null;
    lookAtLock();
    if (open === null || condition() !== open) return; // it was closed, or another one was opened meanwhile
    if (trouble !== null && trouble.message !== said) log.error(wordsIn('en', trouble.words));
    if (trouble === null && said !== null) log.info('The database is in its place, whole, and takes what is written');
    said = trouble?.message ?? null;
  }

  const timer = setInterval(() => void look(), everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
