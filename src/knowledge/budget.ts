import type { Passage } from './model.ts';
import type { NumberedPassage } from './ports.ts';
import { estimateTokens } from './tokens.ts';

const SHINGLE = 5;
const SAME_SHARE = 0.85;

/**
 * The passages worth reading, best first, until the token budget is used up. One that does not fit is left out in
 * favour of shorter ones behind it, but the best is always kept; text that repeats an earlier passage is dropped.
 */
export function choosePassages(passages: readonly Passage[], budgetTokens: number): Passage[] {
  const chosen: { readonly passage: Passage; readonly shingles: ReadonlySet<string> }[] = [];
  let left = budgetTokens;
  for (const passage of passages) {
    // The lines around a passage and its headings are read, too.
    const cost = passage.tokens + estimateTokens([passage.title, ...passage.headings].join(' ')) + 20;
    if (chosen.length > 0 && cost > left) continue;
    const shingles = shinglesOf(passage.text);
    if (chosen.some((earlier) => overlap(earlier.shingles, shingles) >= SAME_SHARE)) continue;
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

function shinglesOf(text: string): Set<string> {
  const plain = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const shingles = new Set<string>();
  for (let at = 0; at < Math.max(1, plain.length - SHINGLE + 1); at += 1) shingles.add(plain.slice(at, at + SHINGLE));
  return shingles;
}

/** How much of the smaller set is in the other. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let same = 0;
  for (const shingle of small) if (large.has(shingle)) same += 1;
  return same / small.size;
}
