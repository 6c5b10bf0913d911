import type { EmbeddingSpace } from './model.ts';
import type { CollectionKey, KnowledgeStore, VectorIndex } from './ports.ts';

export interface SelfSearch {
  readonly store: Pick<KnowledgeStore, 'vectors'>;
  readonly index: Pick<VectorIndex, 'nearest'>;
  readonly space: EmbeddingSpace;
  readonly signal?: AbortSignal;
}

const probes = 12;
const probeLimit = 10;
/** On either side of a vector that was not found. */
const aroundLost = 4;
const wideLimit = 200;
/** A stored vector is found with similarity 1, but for rounding. */
const sameVector = 0.99;

/**
 * Ids and counts come from Chroma's SQLite; only a search reads the vector files, so vectors from all over are searched for.
 * Search does not reach each of them, though all is well: of 93,458, 6 in 100 were not among the 10 nearest of their own
 * vector, and 1 in 100 not in a search of any width (measured). What is damaged or was never written lacks many in a row, so
 * one that is not found is asked about again among those that were added around it, in a wider search.
 */
export async function findsItself(
  { store, index, space, signal }: SelfSearch,
  key: CollectionKey,
  ids: readonly number[],
) {
  async function lostOf(sample: readonly number[], limit: number): Promise<number[]> {
    const lost: number[] = [];
    for (const { chunkId, vector } of store.vectors(space.id, sample)) {
      if (vector.every((value) => value === 0)) continue; // no direction, so no neighbours
      const found = await index.nearest(key, vector, limit, signal);
      const same = found.filter(({ similarity }) => similarity > sameVector);
      // Passages of the same text have the same vector: more of them than were asked for may push this one out.
      if (!same.some(({ id }) => id === chunkId) && same.length < limit) lost.push(chunkId);
    }
    return lost;
  }

  for (const lost of await lostOf(spread(ids, probes), probeLimit)) {
    const place = ids.indexOf(lost);
    const around = ids.slice(Math.max(0, place - aroundLost), place + aroundLost + 1);
    if ((await lostOf(around, wideLimit)).length > around.length / 2) return false;
  }
  return true;
}

/** So many of them, from all over. */
export function spread(ids: readonly number[], most: number): readonly number[] {
  const step = Math.max(1, (ids.length - 1) / (most - 1));
  return Array.from({ length: Math.min(most, ids.length) }, (_, at) => ids[Math.round(at * step)] ?? 0);
}
