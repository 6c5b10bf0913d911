import type { CollectionKey, VectorRecord } from '../../src/knowledge/ports.ts';

export function keyOf(guildId: string, dimensions = 16, spaceId = `test/${dimensions}`): CollectionKey {
  return { guildId, space: { id: spaceId, model: 'test', dimensions } };
}

/** The same unit vector for the same seed, and far from those of other seeds. */
export function unitVector(seed: number, dimensions = 16): Float32Array {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
  const vector = Float32Array.from({ length: dimensions }, next);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

export function records(from: number, to: number, dimensions = 16): VectorRecord[] {
  return Array.from({ length: to - from }, (_, at) => ({ id: from + at, vector: unitVector(from + at, dimensions) }));
}
