import { features } from './features.ts';
import type { Vocabulary } from './features.ts';

/**
 * A text's features, each added to or taken from one of `dimensions` numbers as its hash says, L2-normalised. The same
 * text gives the same vector on every machine; a text without words gets a direction of its own.
 */
export function hashedVector(text: string, dimensions: number, vocabulary: Vocabulary): Float32Array {
  const sums = new Float64Array(dimensions);
  for (const [name, weight] of features(text, vocabulary)) addFeature(sums, name, weight);
  if (sums.every((sum) => sum === 0)) addFeature(sums, '', 1);
  const length = Math.sqrt(sums.reduce((squares, sum) => squares + sum * sum, 0));
  return Float32Array.from(sums, (sum) => sum / length);
}

function addFeature(sums: Float64Array, name: string, weight: number): void {
  const hash = hash32(name);
  const place = (hash >>> 1) % sums.length;
  sums[place] = (sums[place] ?? 0) + (hash % 2 === 0 ? weight : -weight);
}

/** FNV-1a over UTF-16 code units with murmur3's finaliser, because FNV's low bits alone are too regular for signs. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
