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
  /** False while it is not certain what time it is: nothing goes because it is old. */
  readonly mayDeleteByAge: () => boolean;
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
const SOON_MS = 5 * 60_000;

/** Once at the start and then every day: old questions go, and what came in late of people who asked to be forgotten. */
export function openHousekeeping(options: HousekeepingOptions): Housekeeping {
  const { people, tombstones, mayDeleteByAge, historyDays, clock, log } = options;
  let timer: NodeJS.Timeout | null = null;
  let isClosing = false;

  /** False where something has to wait: until it is certain what time it is, or until nobody reads the database. */
  async function work(): Promise<boolean> {
    const waits = historyDays !== null && !mayDeleteByAge();
    if (historyDays !== null && !waits) {
      const removed = await prune(people, clock() - historyDays * DAY_MS);
      if (removed > 0)
        log.info(`Removed ${counted(removed, 'question')}, answers included, older than ${historyDays} days`);
    }
    // A restore that was about to let people in again may not have heard of somebody who asked meanwhile.
    const all = union(people().forgotten(), await tombstones.read());
    // One that is dated ahead was written under another clock: it would take what is asked from now on, day after day.
    const now = clock();
    const fresh = all.filter(({ at }) => at > now - 2 * DAY_MS && at < now + SOON_MS);
    people().saveForgotten(fresh);
    for (const tombstone of fresh) await erase(people, tombstone);
    // Somebody may be reading, and may have been when that was tried before.
    const isEmpty = people().emptyLog();
    return isEmpty && !waits;
  }

  async function tidy(): Promise<void> {
    let nextMs = DAY_MS;
    try {
      if (!(await work())) nextMs = AGAIN_MS;
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
