/** Share of the relevant passages that are among the first `k`. 0…1 */
export function recallAt(k: number, ranking: readonly number[], relevant: ReadonlyMap<number, number>): number {
  const found = ranking.slice(0, k).filter((id) => relevant.has(id)).length;
  return found / relevant.size;
}

/**
 * Normalised discounted cumulative gain with linear gains: 1 when the best order possible was found, 0 when nothing.
 * `relevant` gives each relevant passage's gain (1 where judgements are yes or no).
 */
export function ndcgAt(k: number, ranking: readonly number[], relevant: ReadonlyMap<number, number>): number {
  const gained = discounted(ranking.slice(0, k).map((id) => relevant.get(id) ?? 0));
  const ideal = discounted([...relevant.values()].toSorted((a, b) => b - a).slice(0, k));
  return ideal === 0 ? 0 : gained / ideal;
}

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, gain, rank) => sum + gain / Math.log2(rank + 2), 0);
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
