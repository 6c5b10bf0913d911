/** The API takes at most 100 texts in a request. */
const MOST_TEXTS = 100;
/** Keeps a request's tokens within a free key's quota per minute (30,000), in characters at worst one a token. */
const MOST_CHARACTERS = 24_000;

/** Cuts a list into requests, in order. A text that is too long for any is sent alone: the model cuts it off. */
export function batchesOf<T>(items: readonly T[], lengthOf: (item: T) => number): T[][] {
  const batches: T[][] = [];
  let current: T[] = [];
  let characters = 0;
  for (const item of items) {
    const length = lengthOf(item);
    if (current.length > 0 && (current.length === MOST_TEXTS || characters + length > MOST_CHARACTERS)) {
      batches.push(current);
      current = [];
      characters = 0;
    }
    current.push(item);
    characters += length;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
