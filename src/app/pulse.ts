import { isAppError, type ErrorCode } from '../errors.ts';
import type { PartStatus } from '../health/ports.ts';
import type { Embedder, Generator, VectorIndex } from '../knowledge/ports.ts';

/** How a part did when it was last asked: nobody else watches what runs elsewhere. */
export interface Pulse {
  beat<Result>(call: () => Promise<Result>): Promise<Result>;
  well(): void;
  /** What says nothing about the part (a refused text, a call that was cancelled) is passed over. */
  failed(error: unknown): void;
  readonly isWell: () => boolean;
  status(name: PartStatus['name']): PartStatus;
}

const FAULTS: ReadonlySet<ErrorCode> = new Set(['limit', 'unavailable', 'damaged', 'config', 'internal']);

/** @param whenWell what is said of it then @param onTurn told when it fails, and when it is back */
export function createPulse(
  whenWell: string,
  onTurn: (isWell: boolean, error: unknown) => void = () => undefined,
  clock: () => number = Date.now,
): Pulse {
  let failure: unknown = null;
  let failedAt = 0;

  const pulse: Pulse = {
    async beat(call) {
      try {
        const result = await call();
        pulse.well();
        return result;
      } catch (error) {
        pulse.failed(error);
        throw error;
      }
    },
    well() {
      if (failure === null) return;
      failure = null;
      onTurn(true, null);
    },
    failed(error) {
      if (isAppError(error) && !FAULTS.has(error.code)) return;
      const wasWell = failure === null;
      failure = error;
      failedAt = clock();
      if (wasWell) onTurn(false, error);
    },
    isWell: () => failure === null,
    status(name) {
      if (failure === null) return { name, state: 'ok', detail: whenWell };
      const known = isAppError(failure) ? failure : null;
      const words =
        known === null || typeof known.words === 'string'
          ? { en: known?.message ?? 'The last call failed.', ja: '直前の呼び出しに失敗しました。' }
          : known.words;
      const retryAt =
        known?.retryAfterMs === undefined || known.retryAfterMs === null ? null : failedAt + known.retryAfterMs;
      const because = { code: known?.code ?? 'internal', retryAt } as const;
      // Degraded, not down: answers go on without it, in fewer words.
      return { name, state: 'degraded', detail: `${whenWell}: ${words.en}`, words, failure: because };
    },
  };
  return pulse;
}

export function watchedEmbedder(embedder: Embedder, pulse: Pulse): Embedder {
  return {
    ...embedder,
    embedDocuments: (texts, signal) => pulse.beat(() => embedder.embedDocuments(texts, signal)),
    embedQuery: (question, signal) => pulse.beat(() => embedder.embedQuery(question, signal)),
  };
}

export function watchedGenerator(generator: Generator, pulse: Pulse): Generator {
  return {
    ...generator,
    async *generate(request, signal) {
      try {
        yield* generator.generate(request, signal);
        pulse.well();
      } catch (error) {
        pulse.failed(error);
        throw error;
      }
    },
  };
}

export function watchedIndex(index: VectorIndex, pulse: Pulse): VectorIndex {
  return {
    upsert: (key, records, signal) => pulse.beat(() => index.upsert(key, records, signal)),
    remove: (key, ids) => pulse.beat(() => index.remove(key, ids)),
    nearest: (key, vector, limit, signal) => pulse.beat(() => index.nearest(key, vector, limit, signal)),
    count: (key) => pulse.beat(() => index.count(key)),
    ids: (key) => index.ids(key),
    drop: (key) => pulse.beat(() => index.drop(key)),
    collections: () => pulse.beat(() => index.collections()),
  };
}
