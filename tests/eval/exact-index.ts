import type { VectorIndex } from '../../src/knowledge/ports.ts';

/** Compares with every vector: what an approximate index is measured against. Of one guild and space. */
export function createExactIndex(): Pick<VectorIndex, 'upsert' | 'nearest'> {
  const vectors = new Map<number, Float32Array>();
  return {
    async upsert(_key, records) {
      for (const { id, vector } of records) vectors.set(id, vector);
    },
    async nearest(_key, vector, limit) {
      const all = Array.from(vectors, ([id, other]) => ({ id, similarity: dot(vector, other) }));
      return all.toSorted((a, b) => b.similarity - a.similarity || a.id - b.id).slice(0, limit);
    },
  };
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let place = 0; place < one.length; place++) sum += (one[place] ?? 0) * (other[place] ?? 0);
  return sum;
}
