import type { TextPool } from './pool.ts';

/** The offline embedder's vectors, made in a thread of the pool: the worker's file has an export `embedOffline`. */
export function createEmbedMany(pool: TextPool) {
  return (texts: readonly string[], dimensions: number, signal?: AbortSignal): Promise<Float32Array[]> =>
    pool.run('embedOffline', { texts, dimensions }, signal);
}
