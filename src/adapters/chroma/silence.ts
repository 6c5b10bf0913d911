import { answers, type ChromaChild } from './child.ts';

/** Looks in a row: a slow machine, or one that was asleep, misses fewer. */
const MOST_MISSED = 8;

/** Notices a server that runs and does not answer: one that was sent SIGTERM takes a core for ever and never ends. */
export function createSilence(withinMs: number) {
  let [missed, isLooking] = [0, false];
  let of: ChromaChild | null = null;
  return {
    /** Why it must be ended; null while there is no reason. */
    async look(child: ChromaChild): Promise<string | null> {
      if (isLooking) return null;
      isLooking = true;
      const isThere = await answers(child, withinMs);
      isLooking = false;
      missed = isThere || child !== of ? 0 : missed + 1;
      of = child;
      return missed < MOST_MISSED ? null : `it runs (pid ${child.pid}) and does not answer any more`;
    },
  };
}
