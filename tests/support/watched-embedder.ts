import { createOfflineEmbedder } from '../../src/adapters/offline/embed.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import type { EmbeddableText, Embedder } from '../../src/knowledge/ports.ts';
import { searchWords } from '../../src/knowledge/words.ts';

export interface WatchedEmbedder extends Embedder {
  /** Every text that was embedded, in order. */
  readonly texts: EmbeddableText[];
  /** Called before each batch, with its number from 1; what it throws, the batch throws. */
  before: (call: number, signal?: AbortSignal) => void | Promise<void>;
}

/** The offline embedder with few dimensions, which can be held up and keeps what it was given. */
export function createWatchedEmbedder(dimensions = 8): WatchedEmbedder {
  const embedder = createOfflineEmbedder({ vocabulary: { words: searchWords, common: commonWords }, dimensions });
  let calls = 0;
  return {
    ...embedder,
    texts: [],
    before: () => {},
    async embedDocuments(texts, signal) {
      calls += 1;
      await this.before(calls, signal);
      const vectors = await embedder.embedDocuments(texts, signal);
      this.texts.push(...texts);
      return vectors;
    },
  };
}
