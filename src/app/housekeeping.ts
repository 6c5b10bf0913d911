import { counted } from '../counted.ts';
import { isAppError } from '../errors.ts';
import type { PeopleStore } from '../knowledge/people-ports.ts';
import { erase, prune, union } from '../knowledge/people.ts';
import type { Log } from '../log.ts';
import type { Tombstones } from './tombstones.ts';

export interface HousekeepingOptions {
  /** What is there now. @throws AppError `busy` while a backup is being restored */
  readonly people: () => PeopleStore;
  readonly tombstones: Pick<Tombstones, 'read'>;
  /** Null: questions are kept. */
  readonly historyDays: number | null;
  readonly clock: () => number;
  readonly log: Log;
}

export interface Housekeeping extends AsyncDisposable {
  /** What is done every day, now: when a restore is over, whatever came of it. Never rejects. */
  tidy(): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;
const AGAIN_MS = 10 * 60_000;

/** Once at the start and then every day: old questions go, and what came in late of people who asked to be forgotten. */
export function openHousekeeping({ people, tombstones, historyDays, clock, log }: HousekeepingOptions): Housekeeping {
  let timer: NodeJS.Timeout | null = null;
  let isClosing = false;

  async function work(): Promise<void> {
    if (historyDays !== null) {
      const removed = await prune(people, clock() - historyDays * DAY_MS);
      if (removed > 0)
        log.info(`Removed ${counted(removed, 'question')}, answers included, older than ${historyDays} days`);
    }
    // A restore that was about to let people in again may not have heard of somebody who asked meanwhile.
    const all = union(people().forgotten(), await tombstones.read());
    const fresh = all.filter(({ at }) => at > clock() - 2 * DAY_MS);
    people().saveForgotten(fresh);
    for (const tombstone of fresh) await erase(people, tombstone);
    // Somebody may have been reading when that was tried before.
    people().emptyLog();
  }

  async function tidy(): Promise<void> {
    let nextMs = DAY_MS;
    try {
      await work();
    } catch (error) {
      nextMs = AGAIN_MS;
      if (!isAppError(error, 'busy'))
        log.error('Old questions could not be removed; trying again in 10 minutes', { error });
    }
    if (isClosing) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void begin(), nextMs).unref();
  }

  let tidying: Promise<void> | null = null;
  const begin = (): Promise<void> => (tidying ??= tidy().finally(() => (tidying = null)));
  void begin();

  return {
    tidy: begin,
    async [Symbol.asyncDispose]() {
      isClosing = true;
      if (timer !== null) clearTimeout(timer);
      await tidying;
    },
  };
}
