import PQueue from 'p-queue';
import { AppError, isAppError } from '../../errors.ts';
import type { Embedder, EmbeddableText, Relevance } from '../../knowledge/ports.ts';
import { aborted, startAttempt, throwIfAborted } from './attempt.ts';
import { batchesOf } from './batches.ts';
import { modelHandle } from './client.ts';
import { plainName, type GeminiOptions } from './options.ts';
import { createRest } from './rest.ts';
import { retrying, type Patience } from './retry.ts';
import { taskSchemeOf } from './task-scheme.ts';
import { estimatedTokens, reportedTokens } from './usage.ts';
import { unitVectors } from './vectors.ts';
import { unknownModel } from './words.ts';

export interface GeminiEmbedderOptions extends GeminiOptions {
  readonly model: string;
  readonly dimensions: number;
  /** Requests at the same time for documents; questions do not queue behind them. */
  readonly concurrency: number;
  readonly relevance?: Relevance;
}

/**
 * Estimates, not measurements: they need a key and a labelled set. Unrelated texts have a cosine of 0.4 to 0.55 in
 * gemini-embedding-001's space, and its ranking is at least as good as BM25's on most published sets.
 */
const ESTIMATED_RELEVANCE: Relevance = { vectorWeight: 1.2, similarityFloor: 0.55, unrelatedSimilarity: 0.45 };

const FOR_DOCUMENTS: Patience = { retries: 5, longestWaitMs: 90_000 };
/** Someone is waiting, and the search by words can answer alone. */
const FOR_QUESTIONS: Patience = { retries: 2, longestWaitMs: 1_500 };

const tokensOf = ({ title, text }: EmbeddableText): number => estimatedTokens([title, text]);

/** Gemini's embeddings; see `Embedder` for what it promises. */
export function createGeminiEmbedder(options: GeminiEmbedderOptions): Embedder {
  const name = plainName(options.model);
  const { dimensions } = options;
  const scheme = taskSchemeOf(name);
  const model = modelHandle(name, options);
  const documents = new PQueue({ concurrency: options.concurrency });
  const questions = new PQueue({ concurrency: Math.max(4, options.concurrency) });
  const rest = createRest(options.clock);

  async function request<T>(
    sent: readonly string[],
    send: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const resting = rest.of(name);
    if (resting) throw new AppError('limit', resting.error.words, { cause: resting.error, retryAfterMs: resting.ms });
    const attempt = startAttempt(options, signal, sent);
    try {
      return await send(attempt.signal);
    } catch (error) {
      const explained = attempt.explain(error);
      if (isAppError(explained, 'limit')) rest.begin(name, explained, explained.retryAfterMs ?? 0);
      if (isAppError(explained, 'not_found')) {
        throw new AppError('config', unknownModel(name, 'GEMINI_EMBEDDING_MODEL'), { cause: explained });
      }
      throw explained;
    } finally {
      attempt.end();
    }
  }

  function record(reply: unknown, texts: readonly string[]): void {
    const inputTokens = reportedTokens(reply)?.input ?? estimatedTokens(texts);
    options.onUsage({ at: options.clock(), model: name, task: 'embed', requests: 1, inputTokens, outputTokens: 0 });
  }

  async function embedBatch(batch: readonly EmbeddableText[], outer?: AbortSignal): Promise<Float32Array[]> {
    const texts = batch.flatMap(({ title, text }) => [title, text]);
    const requests = batch.map((text) => ({ ...scheme.passage(text), outputDimensionality: dimensions }));
    const reply = await request(texts, (signal) => model.batchEmbedContents({ requests }, { signal }), outer);
    record(reply, texts);
    return unitVectors(reply.embeddings, batch.length, dimensions);
  }

  async function embedOne(question: string, outer?: AbortSignal): Promise<Float32Array[]> {
    const body = { ...scheme.question(question), outputDimensionality: dimensions };
    const reply = await request([question], (signal) => model.embedContent(body, { signal }), outer);
    record(reply, [question]);
    return unitVectors([reply.embedding ?? {}], 1, dimensions);
  }

  return {
    space: { id: `${name}/${dimensions}/${scheme.name}`, model: name, dimensions },
    relevance: options.relevance ?? ESTIMATED_RELEVANCE,
    room: (texts) => batchesOf(texts, tokensOf)[0]?.length ?? 0,
    async embedDocuments(texts, signal) {
      const stop = new AbortController(); // one failed batch ends the others
      const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
      const batches = batchesOf(texts, tokensOf);
      const embedded = batches.map((batch) =>
        documents.add(() => retrying(() => embedBatch(batch, either), FOR_DOCUMENTS, options, either)),
      );
      try {
        return (await Promise.all(embedded)).flat();
      } catch (error) {
        stop.abort();
        await Promise.allSettled(embedded);
        throw signal?.aborted === true ? aborted(error) : error;
      }
    },
    async embedQuery(question, signal) {
      throwIfAborted(signal);
      const [vector] = await questions.add(() =>
        retrying(() => embedOne(question, signal), FOR_QUESTIONS, options, signal),
      );
      if (vector === undefined) throw new AppError('internal', 'One vector was promised.');
      return vector;
    },
  };
}
