/** The API takes at most 100 texts in a request. */
const MOST_TEXTS = 100;
/** A free key has 30,000 tokens a minute: a larger request could never be granted. */
const MOST_TOKENS = 20_000;

/** Cuts a list into requests, in order. A text that is too long for any is sent alone: the model cuts it off. */
export function batchesOf<T>(items: readonly T[], tokensOf: (item: T) => number): T[][] {
  const batches: T[][] = [];
  let current: T[] = [];
  let tokens = 0;
  for (const item of items) {
    const own = tokensOf(item);
    if (current.length > 0 && (current.length === MOST_TEXTS || tokens + own > MOST_TOKENS)) {
      batches.push(current);
      current = [];
      tokens = 0;
    }
    current.push(item);
    tokens += own;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
