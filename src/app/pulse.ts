import { isAppError, type ErrorCode } from '../errors.ts';
import type { PartStatus } from '../health/ports.ts';
import { LengthReached, type Embedder, type Generator, type VectorIndex } from '../knowledge/ports.ts';

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

/**
 * @param whenWell what is said of it then @param onTurn told when it fails, and when it is back
 * @param outageToldMs how long it counts as `unavailable` when nobody asks again
 */
export function createPulse(
  whenWell: string | (() => string),
  onTurn: (isWell: boolean, error: unknown) => void = () => undefined,
  clock: () => number = Date.now,
  outageToldMs = Infinity,
): Pulse {
  let failure: unknown = null;
  let failedAt = 0;

  const retryAt = (): number | null =>
    isAppError(failure) && failure.retryAfterMs !== null ? failedAt + failure.retryAfterMs : null;

  /** A quota comes back at a known time, and an outage passes: nobody has to ask for that to be known. */
  function settle(): void {
    const at = isAppError(failure, 'limit') ? retryAt() : null;
    const until = isAppError(failure, 'unavailable') ? failedAt + outageToldMs : at;
    if (until !== null && clock() >= until) pulse.well();
  }

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
    isWell() {
      settle();
      return failure === null;
    },
    status(name) {
      settle();
      const detail = typeof whenWell === 'string' ? whenWell : whenWell();
      if (failure === null) return { name, state: 'ok', detail };
      const known = isAppError(failure) ? failure : null;
      const words =
        known === null || typeof known.words === 'string'
          ? { en: known?.message ?? 'The last call failed.', ja: '直前の呼び出しに失敗しました。' }
          : known.words;
      const because = { code: known?.code ?? 'internal', retryAt: retryAt() } as const;
      // Degraded, not down: answers go on without it, in fewer words.
      return { name, state: 'degraded', detail: `${detail}: ${words.en}`, words, failure: because };
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
    // Not copied: it changes when another model answers.
    get name() {
      return generator.name;
    },
    async *generate(request, signal) {
      try {
        yield* generator.generate(request, signal);
        pulse.well();
      } catch (error) {
        if (error instanceof LengthReached) pulse.well();
        else pulse.failed(error);
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
    succeed: (key) => pulse.beat(() => index.succeed(key)),
    settle: () => pulse.beat(() => index.settle()),
  };
}
