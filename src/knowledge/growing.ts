import { setImmediate } from 'node:timers/promises';
import { isAppError } from '../errors.ts';
import { beginning } from '../plain-text.ts';
import { LengthReached } from './ports.ts';

export interface Grown {
  readonly text: string;
  /** What ended it early, or null. */
  readonly failure: unknown;
}

/**
 * Reads pieces of text ahead of whoever reads this, so that a slow reader (Discord allows an edit a second) does not
 * slow the writing down: each step yields all the text there is by then. Ends with the signal even when the source
 * does not, and after `limit` characters.
 */
export async function* growing(
  pieces: AsyncIterable<string>,
  signal: AbortSignal,
  limit: number,
): AsyncGenerator<string, Grown> {
  let text = '';
  let failure: unknown = null;
  let ended = false;
  let news = Promise.withResolvers<void>();
  const end = (reason: unknown) => {
    if (!ended) failure = reason;
    ended = true;
    news.resolve();
  };
  const onAbort = () => end(signal.reason);
  signal.addEventListener('abort', onAbort);
  const read = async () => {
    for await (const piece of pieces) {
      if (ended) return;
      text += piece;
      const isTooLong = text.length > limit;
      if (isTooLong) text = beginning(text, limit);
      news.resolve();
      if (isTooLong) throw new LengthReached();
    }
  };
  read().then(
    () => end(null),
    // The source may report its own cancelling; the signal's reason says why.
    (error: unknown) => end(signal.aborted && isAppError(error, 'aborted') ? signal.reason : error),
  );
  try {
    if (signal.aborted) onAbort();
    for (let seen = 0; ;) {
      if (!ended) await news.promise;
      // What arrives at once is one step, however many pieces it has: each step is checked as a whole.
      await setImmediate();
      news = Promise.withResolvers<void>();
      if (text.length > seen) {
        seen = text.length;
        yield text;
      } else if (ended) return { text, failure };
    }
  } finally {
    ended = true;
    signal.removeEventListener('abort', onAbort);
  }
}
