import { AppError } from '../errors.ts';
import type { CollectionKey, VectorIndex } from '../knowledge/ports.ts';
import type { VolumeProbe } from './ports.ts';

/** No guild of Discord's has this id. A crash may leave its collection behind. */
export const probeGuildId = 'volume-check';

const key: CollectionKey = {
  guildId: probeGuildId,
  space: { id: 'volume-check', model: 'volume-check', dimensions: 8 },
};

export interface IndexProbeOptions {
  readonly index: VectorIndex;
  readonly random?: () => number;
}

/** Adds a test document to the index, finds it by its vector, deletes it, and leaves no collection behind. */
export function createIndexProbe({ index, random = Math.random }: IndexProbeOptions): VolumeProbe {
  return {
    async probe() {
      // Another one every time, so that what an earlier run left behind proves nothing.
      const vector = Float32Array.from({ length: key.space.dimensions }, () => random() + 0.01);
      const id = 1 + Math.floor(random() * 1_000_000);
      await index.drop(key);
      try {
        await index.upsert(key, [{ id, vector }]);
        const [found] = await index.nearest(key, vector, 1);
        if (found?.id !== id || found.similarity < 0.99) throw unsound('the test document was not found by its vector');
        await index.remove(key, [id]);
        if ((await index.count(key)) !== 0) throw unsound('the test document was not deleted');
      } finally {
        await index.drop(key);
      }
    },
  };
}

const unsound = (what: string) => new AppError('damaged', what);
