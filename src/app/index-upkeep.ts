import { setImmediate } from 'node:timers/promises';
import type { SegmentFigures } from '../adapters/chroma/segments.ts';
import type { JobSlot } from '../backup/slot.ts';
import { bytesInWords } from '../backup/words.ts';
import { isAppError } from '../errors.ts';
import type { EmbeddingSpace } from '../knowledge/model.ts';
import type { KnowledgeStore, VectorIndex } from '../knowledge/ports.ts';
import { findsItself } from '../knowledge/self-search.ts';
import { makeAnew } from '../knowledge/succession.ts';
import type { WriteGate } from '../knowledge/write-gate.ts';
import type { Log } from '../log.ts';
import type { IndexServer } from './index-server.ts';

/**
 * Keeps the index from growing for ever: Chroma never gives the place of a deleted vector to another one. A collection whose
 * files are larger than they should be, that does not find its own vectors or that may still hold removed ones is made anew
 * beside the one that answers.
 */
export interface IndexUpkeep {
  /** Looks at all collections, and begins with those that need it, once no backup is under way. */
  look(whenFree: JobSlot['whenFree']): Promise<void>;
  isAtWork(): boolean;
  /** Resolves when nothing is being made anew. */
  settled(): Promise<void>;
}

export interface IndexUpkeepParts {
  readonly store: Pick<
    KnowledgeStore,
    'guildsWithDocuments' | 'guildVectorIds' | 'vectors' | 'staleCollections' | 'clearStaleCollection'
  >;
  readonly index: VectorIndex;
  readonly space: EmbeddingSpace;
  readonly gate: WriteGate;
  /** Null for a remote server, whose files nobody here sees or can remove. */
  readonly local: IndexServer['files'];
  readonly onSucceeded: () => void;
  readonly closing: AbortSignal;
  readonly clock: () => number;
  readonly log: Log;
}

interface Due {
  readonly guildId: string;
  readonly why: string;
  readonly bytes: number;
  /** Of its entry among the stale ones. */
  readonly marks: number | null;
}

const MOST_TIMES = 1.5;
const LEAST_EXCESS_BYTES = 2_000_000;
/** What a vector takes besides its numbers: its links, its id, and where it is. */
const OVERHEAD_BYTES = 300;
/** Chroma empties the queue when it has written 1,000 records of a collection to its files. */
const MOST_QUEUED = 5_000;
const SAMPLE_EVERY_MS = 3_600_000;
const AGAIN_MS = 3_600_000;
/** For one part of work, so many of rest: many removals in a row are one reason, not many. */
const REST_TIMES = 20;
const LONGEST_REST_MS = 6 * 3_600_000;
const PAGE = 1_000;

export function createIndexUpkeep(parts: IndexUpkeepParts): IndexUpkeep {
  const { store, index, space, local, clock, log, closing } = parts;
  /** By server, when its own vectors were last searched for, and before when it is not tried again. */
  const sampledAt = new Map<string, number>();
  const failedAt = new Map<string, number>();
  /** Made anew, and what was there before is still on the disk. */
  const untidied = new Map<string, number | null>();
  /** After the last work that came to its end. */
  let rest = { from: 0, ms: 0 };
  let working: Promise<void> | null = null;

  /** False, too, once the clock was put back. */
  const isWithin = (from: number | undefined, ms: number) =>
    from !== undefined && clock() >= from && clock() < from + ms;

  async function idsOf(guildId: string): Promise<readonly number[]> {
    const ids: number[] = [];
    for (let after = 0; ;) {
      const page = store.guildVectorIds(guildId, space.id, { after, limit: PAGE });
      ids.push(...page);
      if (page.length < PAGE) return ids;
      after = page.at(-1) ?? after;
      await setImmediate();
    }
  }

  async function whatIsDue(): Promise<readonly Due[]> {
    const segments = (await local?.segments()) ?? [];
    const figuresOf = new Map(segments.filter(({ spaceId }) => spaceId === space.id).map((one) => [one.guildId, one]));
    const stale = new Map(local === null ? [] : store.staleCollections().map(({ guildId, marks }) => [guildId, marks]));
    const due: Due[] = [];
    for (const guildId of new Set([...store.guildsWithDocuments(), ...stale.keys()])) {
      if (isWithin(failedAt.get(guildId), AGAIN_MS)) continue;
      const figures = figuresOf.get(guildId);
      const marks = stale.get(guildId) ?? null;
      const why =
        (figures === undefined ? null : troubleIn(figures, await index.count({ guildId, space }), space)) ??
        (await lostOwn(guildId)) ??
        (marks === null ? null : 'removed vectors may still be in its files');
      if (why !== null) due.push({ guildId, why, bytes: figures?.bytes ?? 0, marks });
    }
    return due;
  }

  async function lostOwn(guildId: string): Promise<string | null> {
    if (parts.gate.isEntered() || isWithin(sampledAt.get(guildId), SAMPLE_EVERY_MS)) return null;
    sampledAt.set(guildId, clock());
    const isSound = await findsItself(
      { store, index, space, signal: closing },
      { guildId, space },
      await idsOf(guildId),
    );
    return isSound ? null : 'it does not find its own vectors';
  }

  async function work(due: readonly Due[], signal: AbortSignal): Promise<void> {
    const from = clock();
    for (const { guildId, why, bytes, marks } of due) {
      if (local !== null && (await local.freeBytes()) < 2 * bytes) {
        failedAt.set(guildId, clock());
        log.warn(
          `The index of server ${guildId} should be made anew (${why}), for which ${bytesInWords(2 * bytes)} have to be ` +
            'free. It answers as it is; free some space.',
        );
        continue;
      }
      try {
        await makeAnew({ ...parts, onSucceeded: () => succeeded(guildId, marks) }, guildId, signal);
        log.info(`The index of server ${guildId} was made anew: ${why}`);
      } catch (error) {
        if (signal.aborted) return; // what has the right of way is a reason to try again soon
        failedAt.set(guildId, clock());
        log.warn(`The index of server ${guildId} could not be made anew (${why}); it answers as before`, { error });
      }
    }
    await tidy();
    rest = { from: clock(), ms: Math.min(LONGEST_REST_MS, REST_TIMES * Math.max(0, clock() - from)) };
  }

  function succeeded(guildId: string, marks: number | null): void {
    parts.onSucceeded();
    untidied.set(guildId, marks);
  }

  async function tidy(): Promise<void> {
    if (local === null) return untidied.clear();
    if (untidied.size === 0 || !(await local.restart())) return;
    for (const [guildId, marks] of untidied) if (marks !== null) store.clearStaleCollection(guildId, marks);
    untidied.clear();
  }

  return {
    async look(whenFree) {
      if (working !== null || closing.aborted || isWithin(rest.from, rest.ms)) return;
      const due = (await whatIsDue()).filter(({ guildId }) => !untidied.has(guildId));
      if (due.length === 0 && untidied.size === 0) return;
      working = (async () => {
        try {
          await whenFree((signal) => work(due, AbortSignal.any([signal, closing])));
        } catch (error) {
          if (!closing.aborted && !isAppError(error, 'aborted')) log.warn('The index could not be tended', { error });
        }
      })().finally(() => (working = null));
    },
    isAtWork: () => working !== null,
    settled: async () => working ?? undefined,
  };
}

/** In words, why a collection with so many vectors should be made anew; null where its files are as they should be. */
export function troubleIn(
  { bytes, linkBytes, queued }: SegmentFigures,
  vectors: number,
  { dimensions }: EmbeddingSpace,
): string | null {
  const due = vectors * (4 * dimensions + OVERHEAD_BYTES);
  if (queued > MOST_QUEUED) return 'Chroma does not empty its queue any more';
  if (bytes > MOST_TIMES * due && bytes - due > LEAST_EXCESS_BYTES)
    return `it takes ${bytesInWords(bytes)} where ${bytesInWords(due)} would do`;
  // The upper levels of its graph are a hundredth of it; they grow without bound where Chroma loses count.
  if (linkBytes > bytes / 2 && linkBytes > LEAST_EXCESS_BYTES)
    return 'the links of its graph have outgrown its vectors';
  return null;
}
