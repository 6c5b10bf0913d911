import type { ReconcileOptions } from '../../src/knowledge/reconcile.ts';
import { unitVector } from './vectors.ts';

/** What reconciling reads of the system of record, over vectors held in memory. */
export function createVectorStore(guilds: Readonly<Record<string, readonly number[]>>, dimensions: number) {
  const ready = new Map(Object.entries(guilds));
  /** Chunks with a vector whose document is not ready yet. */
  const pending = new Set<number>();
  const vectorOf = (chunkId: number) => ({ chunkId, vector: unitVector(chunkId, dimensions) });
  const page = (guildId: string, after: number, limit: number) =>
    (ready.get(guildId) ?? []).filter((id) => id > after).slice(0, limit);
  const store: ReconcileOptions['store'] = {
    guildsWithDocuments: () => [...ready.keys()],
    guildVectorIds: (guildId, _space, { after, limit }) => page(guildId, after, limit),
    guildVectors: (guildId, _space, { after, limit }) => page(guildId, after, limit).map(vectorOf),
    vectors: (_space, ids) => {
      const known = new Set([...[...ready.values()].flat(), ...pending]);
      return ids.filter((id) => known.has(id)).map(vectorOf);
    },
    documentsWithoutVectors: () => [],
    lastChunkId: () => Number.MAX_SAFE_INTEGER,
  };
  return { store, pending };
}

export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
