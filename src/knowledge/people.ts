import { setImmediate } from 'node:timers/promises';
import type { PeopleStore, PersonCounts, Tombstone } from './people-ports.ts';

/** A batch is a few milliseconds, and others have their turn between two. */
const BATCH = 50;

/**
 * Removes what is kept about somebody up to that time, in small steps; repeatable. Documents stay, without a name.
 * `store` is asked anew for each step, for another may have taken its place.
 */
export async function erase(store: () => PeopleStore, tombstone: Tombstone): Promise<PersonCounts> {
  store().unnameJobsOf(tombstone);
  // First, for those on one's own questions go with these.
  const votes = await all(() => store().removeVotesOf(tombstone, BATCH));
  const questions = await all(() => store().removeQuestionsOf(tombstone, BATCH));
  const documents = await all(() => store().unnameDocumentsOf(tombstone, BATCH));
  if (questions + votes + documents > 0) store().emptyLog();
  return { questions, votes, documents };
}

/** Removes what was asked before a time. Returns how many questions went. */
export async function prune(store: () => PeopleStore, before: number): Promise<number> {
  const removed = await all(() => store().removeQuestionsBefore(before, BATCH));
  if (removed > 0) store().emptyLog();
  return removed;
}

async function all(step: () => number): Promise<number> {
  let total = 0;
  for (;;) {
    const done = step();
    total += done;
    if (done < BATCH) return total;
    await setImmediate();
  }
}

/** For each person, the latest time. */
export function union(...lists: readonly (readonly Tombstone[])[]): Tombstone[] {
  const latest = new Map<string, number>();
  for (const { userId, at } of lists.flat()) latest.set(userId, Math.max(at, latest.get(userId) ?? 0));
  return [...latest].map(([userId, at]) => ({ userId, at }));
}
