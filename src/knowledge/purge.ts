import { setImmediate } from 'node:timers/promises';
import type { JobHandler } from './jobs.ts';
import type { EmbeddingSpace } from './model.ts';
import type { KnowledgeStore, VectorIndex } from './ports.ts';
import { createWriteGate, type WriteGate } from './write-gate.ts';

export interface PurgeParts {
  readonly store: KnowledgeStore;
  readonly index: VectorIndex;
  readonly space: EmbeddingSpace;
  /** Shared with all that writes to the index and with the snapshot. */
  readonly gate?: WriteGate;
}

const batchSize = 200;

/**
 * Takes away what a removed document left behind; answers have not seen it since it was removed. The index forgets
 * first: as long as the rows are there, a crash loses no id that it still has to forget.
 */
export function createPurge({ store, index, space, gate = createWriteGate() }: PurgeParts): JobHandler {
  return {
    async run(job, { signal, progress }) {
      if (job.documentId === null) return;
      for (let done = job.done; ;) {
        signal.throwIfAborted();
        const ids = store.removedChunkIds(job.documentId, batchSize);
        const leave = await gate.enter(signal);
        try {
          if (ids.length > 0) await index.remove({ guildId: job.guildId, space }, ids);
          store.purgeChunks(job.documentId, ids);
        } finally {
          leave();
        }
        if (ids.length < batchSize) return;
        done += ids.length;
        progress({ step: 'removing', done, total: 0 });
        await setImmediate();
      }
    },
  };
}
