import { AppError } from '../../src/errors.ts';
import type { CollectionKey, VectorIndex } from '../../src/knowledge/ports.ts';

/** A vector index that compares every vector: exact, in memory, with the failures that a test asks for. */
export function createMemoryIndex(): VectorIndex & { failWith(error: AppError | null): void } {
  let made = 0;
  const collections = new Map<
    string,
    { guildId: string; spaceId: string; id: string; vectors: Map<number, Float32Array> }
  >();
  let failure: AppError | null = null;

  const nameOf = ({ guildId, space, isSuccessor }: CollectionKey) => `${guildId}\n${space.id}\n${String(isSuccessor)}`;
  const vectorsOf = (key: CollectionKey) => collections.get(nameOf(key))?.vectors ?? new Map<number, Float32Array>();
  function enter(signal?: AbortSignal): void {
    if (signal?.aborted === true) throw new AppError('aborted', 'The request was cancelled.');
    if (failure !== null) throw failure;
  }
  function check({ space }: CollectionKey, vector: Float32Array): void {
    if (vector.length !== space.dimensions) throw new AppError('invalid', 'A vector of other dimensions.');
  }

  return {
    failWith: (error) => void (failure = error),
    async upsert(key, records, signal) {
      enter(signal);
      for (const { vector } of records) check(key, vector);
      if (records.length === 0) return;
      const vectors = vectorsOf(key);
      const id = collections.get(nameOf(key))?.id ?? String((made += 1));
      collections.set(nameOf(key), { guildId: key.guildId, spaceId: key.space.id, id, vectors });
      for (const { id, vector } of records) vectors.set(id, vector);
    },
    async remove(key, ids) {
      enter();
      for (const id of ids) vectorsOf(key).delete(id);
    },
    async nearest(key, vector, limit, signal) {
      enter(signal);
      check(key, vector);
      return [...vectorsOf(key)]
        .map(([id, other]) => ({ id, similarity: cosine(vector, other) }))
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, limit);
    },
    async count(key) {
      enter();
      return vectorsOf(key).size;
    },
    async *ids(key) {
      enter();
      const all = [...vectorsOf(key).keys()];
      for (let from = 0; from < all.length; from += 1_000) yield all.slice(from, from + 1_000);
    },
    async drop(key) {
      enter();
      collections.delete(nameOf(key));
    },
    async collections() {
      enter();
      return [...collections].flatMap(([name, { guildId, spaceId, id }]) =>
        name.endsWith('true') ? [] : [{ guildId, spaceId, id }],
      );
    },
    async succeed(key) {
      enter();
      const next = nameOf({ ...key, isSuccessor: true });
      const made = collections.get(next);
      if (made === undefined) throw new AppError('not_found', 'There is no successor.');
      collections.set(nameOf(key), made);
      collections.delete(next);
    },
    async settle() {
      enter();
      for (const name of collections.keys()) if (name.endsWith('true')) collections.delete(name);
    },
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (const [at, x] of a.entries()) {
    const y = b[at] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot / (Math.sqrt(aa * bb) || 1);
}
