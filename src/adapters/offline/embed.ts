import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import type { EmbeddableText, Embedder } from '../../knowledge/ports.ts';
import type { Vocabulary } from './features.ts';
import { hashedVector } from './hashed-vector.ts';

export interface OfflineEmbedderOptions {
  readonly vocabulary: Vocabulary;
  readonly dimensions?: number;
  /** Makes the vectors of many texts off the main thread, with `hashedVector`; without it they are made here, in turns. */
  readonly embedMany?: (texts: readonly string[], dimensions: number, signal?: AbortSignal) => Promise<Float32Array[]>;
}

/** How long vectors are made before others get their turn. */
const turnMs = 15;

/**
 * The embedder that needs no key and no network: hashed words and pieces of words, in English and Japanese. It finds
 * what shares words or parts of them with the question; it knows nothing of meanings.
 */
export function createOfflineEmbedder({ vocabulary, dimensions = 768, embedMany }: OfflineEmbedderOptions): Embedder {
  const inTurns = async (texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> => {
    const vectors: Float32Array[] = [];
    let turnEnds = performance.now() + turnMs;
    for (const text of texts) {
      vectors.push(hashedVector(text, dimensions, vocabulary));
      if (performance.now() < turnEnds) continue;
      await nextTurn();
      throwIfAborted(signal);
      turnEnds = performance.now() + turnMs;
    }
    return vectors;
  };

  return {
    space: { id: `offline-hash-v1/${dimensions}`, model: 'offline-hash-v1', dimensions },
    relevance: { vectorWeight: 0.3, similarityFloor: 0.45, unrelatedSimilarity: 0 },
    async embedDocuments(texts, signal) {
      throwIfAborted(signal);
      const whole = texts.map(wholeText);
      const vectors =
        embedMany === undefined ? await inTurns(whole, signal) : await embedMany(whole, dimensions, signal);
      throwIfAborted(signal);
      return vectors;
    },
    async embedQuery(question, signal) {
      throwIfAborted(signal);
      return hashedVector(question, dimensions, vocabulary);
    },
  };
}

function wholeText({ title, text }: EmbeddableText): string {
  return title === '' ? text : `${title}\n${text}`;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new AppError(
      'aborted',
      { en: 'Embedding was cancelled.', ja: '埋め込みの計算は取り消されました。' },
      { cause: signal.reason },
    );
  }
}
