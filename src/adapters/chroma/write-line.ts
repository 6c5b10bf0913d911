import type { CollectionKey, VectorRecord } from '../../knowledge/ports.ts';

interface Waiting {
  readonly name: string;
  readonly key: CollectionKey;
  readonly records: readonly VectorRecord[];
  readonly signal: AbortSignal | undefined;
  readonly written: PromiseWithResolvers<void>;
}

/**
 * One write at a time: Chroma keeps its writes in one SQLite file, and of two that arrive together one sleeps until the
 * other is done, which takes several times as long as waiting here. Records that come meanwhile, of several documents
 * perhaps, go together in the next write: ten small ones take twice as long as a large one.
 */
export function createWriteLine(
  write: (key: CollectionKey, records: readonly VectorRecord[], signal: AbortSignal | undefined) => Promise<void>,
) {
  const waiting: Waiting[] = [];
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function writeTogether(most: number): Promise<void> {
    const [first] = waiting;
    if (first === undefined) return; // it went with an earlier one
    let room = most;
    const together = waiting.filter(({ name, records }) => name === first.name && (room -= records.length) >= 0);
    for (const each of together) waiting.splice(waiting.indexOf(each), 1);
    // The later one of two records with the same id is the one to be kept, and Chroma wants to see each id once.
    const records = new Map(together.flatMap((each) => each.records.map((record) => [record.id, record])));
    try {
      await write(first.key, [...records.values()], whenAll(together.map(({ signal }) => signal)));
      for (const { written } of together) written.resolve();
    } catch (error) {
      for (const { written } of together) written.reject(error);
    }
  }

  return {
    inTurn,
    /** At most `most` records, which is also how many go together. */
    upsert(
      name: string,
      key: CollectionKey,
      records: readonly VectorRecord[],
      most: number,
      signal?: AbortSignal,
    ): Promise<void> {
      const written = Promise.withResolvers<void>();
      waiting.push({ name, key, records, signal, written });
      void inTurn(() => writeTogether(most));
      return written.promise;
    },
  };
}

/** Fires when all have: what one gives up, others may still want. */
function whenAll(signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  if (given.length < signals.length || given.length < 2) return given.length === signals.length ? given[0] : undefined;
  const all = new AbortController();
  let left = 0;
  const count = (signal: AbortSignal) => {
    left -= 1;
    if (left === 0) all.abort(signal.reason);
  };
  for (const signal of given) {
    left += 1;
    if (!signal.aborted) signal.addEventListener('abort', () => count(signal), { once: true });
  }
  for (const signal of given) if (signal.aborted) count(signal);
  return all.signal;
}
