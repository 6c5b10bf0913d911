import { setImmediate } from 'node:timers/promises';
import type { JobHandler } from './jobs.ts';
import type { EmbeddingSpace, Job } from './model.ts';
import type { Clock, KnowledgeStore, VectorIndex } from './ports.ts';
import { withoutRemovedSource } from './removed-source.ts';
import { createWriteGate, type WriteGate } from './write-gate.ts';

export interface PurgeParts {
  readonly store: KnowledgeStore;
  readonly index: VectorIndex;
  readonly space: EmbeddingSpace;
  readonly clock: Clock;
  /** False while it is not certain what time it is: whatever was removed stays until it is. */
  readonly mayDeleteByAge?: () => boolean;
  /** How long after its removal a document can be brought back. */
  readonly keptMs?: number;
  /** Shared with all that writes to the index and with the snapshot. */
  readonly gate?: WriteGate;
}

export const REMOVED_KEPT_MS = 15 * 60_000;
const batchSize = 200;
/** Whoever keeps the log by reading the database, a backup say, is soon done. */
const BUSY_MS = 10_000;
/** Wiping costs as much as the whole full-text index is large: many removals in a row are wiped together. */
const REST_TIMES = 20;
const LONGEST_REST_MS = 30 * 60_000;
/** While it is not certain what time it is. */
const DOUBT_MS = 10 * 60_000;

/**
 * Takes away what a removed document left behind; answers have not seen it since it was removed. The index forgets
 * first, and at once: passages that nobody may see would take the places of others there. The rows go when it cannot be
 * brought back any more; as long as they are there, a crash loses no id that the index still has to forget. The job is
 * done when nothing of it can be read in the database's files any more.
 */
export function createPurge(parts: PurgeParts): JobHandler {
  const { store, index, space, clock, keptMs = REMOVED_KEPT_MS, gate = createWriteGate() } = parts;
  const { mayDeleteByAge = () => true } = parts;
  let restUntil = 0;
  /** Of removals that are dated ahead, under another clock that is, by the job: since when this run knows of them. */
  const knownSince = new Map<number, number>();

  /** Until when it can be brought back; null when it may go. */
  function keptUntil({ id, createdAt }: Job): number | null {
    const now = clock();
    if (!mayDeleteByAge()) return now + DOUBT_MS;
    let from = createdAt;
    if (createdAt > now) knownSince.set(id, (from = Math.min(now, knownSince.get(id) ?? now)));
    return now - from < keptMs ? from + keptMs : null;
  }

  /** In kept answers it is quoted; which words are its own can only be told while its passages are there. */
  async function unquote(documentId: number, signal: AbortSignal): Promise<void> {
    for (let after = 0; ;) {
      const quoting = store.answersQuoting(documentId, after);
      if (quoting === null) return;
      for (const given of quoting.answers) {
        const answer = withoutRemovedSource(given);
        if (answer !== given.answer) store.replaceAnswer(given.id, answer);
      }
      after = quoting.id;
      await setImmediate();
      signal.throwIfAborted();
    }
  }

  /** When to go on; null when all is wiped. */
  async function wipe(signal: AbortSignal): Promise<number | null> {
    const rest = restUntil - clock();
    if (rest > 0 && rest <= LONGEST_REST_MS) return restUntil;
    const from = performance.now();
    let step = store.wipe();
    for (; step === 'more'; step = store.wipe()) {
      await setImmediate();
      signal.throwIfAborted();
    }
    if (step === 'busy') return clock() + BUSY_MS;
    restUntil = clock() + Math.min(LONGEST_REST_MS, REST_TIMES * (performance.now() - from));
    return null;
  }

  return {
    async run(job, { signal, progress }) {
      if (job.documentId === null) return {};
      const kept = keptUntil(job);
      const isKept = kept !== null;
      if (!isKept) await unquote(job.documentId, signal);
      let after = 0;
      for (let done = isKept ? 0 : job.done; ;) {
        signal.throwIfAborted();
        const ids = store.removedChunkIds(job.documentId, batchSize, after);
        const leave = await gate.enter(signal);
        try {
          if (ids.length > 0) await index.remove({ guildId: job.guildId, space }, ids);
          if (!isKept) store.purgeChunks(job.documentId, ids);
        } finally {
          leave();
        }
        if (ids.length < batchSize) break;
        after = ids.at(-1) ?? after;
        done += ids.length;
        progress({ step: 'removing', done, total: 0 });
        await setImmediate();
      }
      const isBack = store.document(job.guildId, job.documentId) !== null;
      const restAt = isBack ? null : (kept ?? (await wipe(signal)));
      if (restAt !== null) return { restAt };
      knownSince.delete(job.id);
      return {};
    },
  };
}
