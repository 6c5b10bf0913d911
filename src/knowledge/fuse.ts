export interface Ranked {
  readonly id: number;
  readonly score: number;
}

/** How many of each ranking take part. A ranking shorter than this is complete: nothing else fits at all. */
export const fusionDepth = 50;

/**
 * Two rankings, best first, made into one: each one's scores are spread from 1 (its best) to 0 (its last place), and
 * added, the second's times `weight`. What one ranking does not list gets its 0, which is what it would have got
 * further down, so no score is missing. Spread scores, not ranks: a first place far ahead of the second stays far
 * ahead, which is what keeps a strong ranking from being spoilt by a weak one.
 */
export function fuse(words: readonly Ranked[], neighbours: readonly Ranked[], weight: number): Ranked[] {
  const sums = new Map<number, number>();
  // A complete list of matches ends above 0: what is not in it matches no word.
  const wordFloor = words.length < fusionDepth ? 0 : (words.at(-1)?.score ?? 0);
  addSpread(sums, words, wordFloor, 1);
  addSpread(sums, neighbours, neighbours.length < 2 ? 0 : (neighbours.at(-1)?.score ?? 0), weight);
  return Array.from(sums, ([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score || a.id - b.id);
}

function addSpread(sums: Map<number, number>, ranking: readonly Ranked[], floor: number, weight: number): void {
  const reach = (ranking[0]?.score ?? 0) - floor;
  for (const { id, score } of ranking) {
    const share = reach > 0 ? Math.max(0, score - floor) / reach : 0;
    sums.set(id, (sums.get(id) ?? 0) + weight * share);
  }
}
