import type { Chunker } from '../../knowledge/ports.ts';
import type { TextPool } from './pool.ts';

/** The chunker in a thread of the pool: the worker's file has an export `chunk`. */
export function createChunker(pool: TextPool): Chunker {
  return { chunk: ({ title, name, content }, signal) => pool.runPaged('chunk', { title, name, content }, signal) };
}
