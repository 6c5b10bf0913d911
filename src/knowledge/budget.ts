import type { Passage } from './model.ts';
import type { NumberedPassage } from './ports.ts';
import { estimateTokens } from './tokens.ts';

const SHINGLE = 5;
const SAME_SHARE = 0.85;
const FACTOR = 0x01000193;
/** What a letter has been multiplied by when it leaves a run. */
const LEAVING = Array.from({ length: SHINGLE - 1 }).reduce<number>((product) => Math.imul(product, FACTOR), 1);

/**
 * The passages worth reading, best first, until the token budget is used up. One that does not fit is left out in
 * favour of shorter ones behind it, but the best is always kept; text that repeats an earlier passage is dropped.
 */
export function choosePassages(passages: readonly Passage[], budgetTokens: number): Passage[] {
  const chosen: { readonly passage: Passage; readonly shingles: ReadonlySet<number> }[] = [];
  let left = budgetTokens;
  for (const passage of passages) {
    // The lines around a passage and its headings are read, too.
    const cost = passage.tokens + estimateTokens([passage.title, ...passage.headings].join(' ')) + 20;
    if (chosen.length > 0 && cost > left) continue;
    const shingles = shinglesOf(passage.text);
    if (chosen.some((earlier) => repeats(earlier.shingles, shingles))) continue;
    chosen.push({ passage, shingles });
    left -= cost;
  }
  return chosen.map(({ passage }) => passage);
}

/**
 * Passages with the numbers by which they are cited, in the order in which they are read: best first, but neighbours
 * in a document follow each other as they do there.
 */
export function numberPassages(passages: readonly Passage[]): NumberedPassage[] {
  const rows: Passage[][] = [];
  for (const passage of passages) {
    const row = rows.find((row) => row.some((other) => areNeighbours(other, passage)));
    if (row === undefined) rows.push([passage]);
    else row.push(passage);
  }
  return rows
    .flatMap((row) => row.toSorted((a, b) => a.ordinal - b.ordinal))
    .map((passage, index) => ({ number: index + 1, passage }));
}

function areNeighbours(a: Passage, b: Passage): boolean {
  return a.documentId === b.documentId && Math.abs(a.ordinal - b.ordinal) === 1;
}

/** Every run of a few letters, as one number each: two different ones hardly ever share it. */
function shinglesOf(text: string): Set<number> {
  const plain = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const shingles = new Set<number>();
  let hash = 0;
  for (let at = 0; at < plain.length; at += 1) {
    // The letter that leaves the run is taken out of the hash, the next one goes in.
    const leaving = at < SHINGLE ? 0 : Math.imul(plain.charCodeAt(at - SHINGLE), LEAVING);
    hash = (Math.imul(hash - leaving, FACTOR) + plain.charCodeAt(at)) | 0;
    if (at >= SHINGLE - 1 || at === plain.length - 1) shingles.add(hash);
  }
  return shingles;
}

/** Whether nearly all of the smaller set is in the other. Stops as soon as too many are not. */
function repeats(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let missing = small.size * (1 - SAME_SHARE);
  for (const shingle of small) if (!large.has(shingle) && (missing -= 1) < 0) return false;
  return small.size > 0;
}
