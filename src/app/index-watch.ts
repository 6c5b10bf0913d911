import { setImmediate } from 'node:timers/promises';
import { counted } from '../counted.ts';
import { isAppError, type Words } from '../errors.ts';
import { lostIndexWords, type IndexLoss } from '../health/alerting/rules/index-trouble.ts';
import type { PartStatus } from '../health/ports.ts';
import type { EmbeddingSpace } from '../knowledge/model.ts';
import type { KnowledgeStore, VectorIndex } from '../knowledge/ports.ts';
import type { ReconcileReport } from '../knowledge/reconcile.ts';
import type { WriteGate } from '../knowledge/write-gate.ts';
import type { Log } from '../log.ts';

/**
 * Notices while the bot runs that the index has lost what it held, and has it made anew: any process on the machine can
 * delete Chroma's collections, and a server elsewhere may come back empty.
 */
export interface IndexWatch {
  /** Compares what is there with SQLite by number, and begins to put right what is missing. @throws AppError `unavailable` */
  look(): Promise<void>;
  /** Whether the index can say nothing of a server at the moment. Finding nothing there counts as a look. */
  isLost(guildId: string, foundNothing: boolean): boolean;
  /** To be called when the index failed on a server: where it is damaged there, the next look has it made anew. */
  failed(guildId: string, error: unknown): void;
  /** False until what was missing is there again. */
  isWhole(): boolean;
  /** Null where it is whole. */
  loss(): IndexLoss | null;
  /** How the index does, the server that holds it being in this state. */
  statusOf(server: PartStatus): PartStatus;
  /** What was put right since this was called last; null when nothing was. */
  takeMended(): ReconcileReport | null;
  /** Resolves when nothing is being put right. */
  settled(): Promise<void>;
  /** To be called when the index was compared in another way: collections may be others since. */
  agreed(): void;
}

export interface IndexWatchParts {
  readonly store: Pick<KnowledgeStore, 'guildsWithDocuments' | 'guildVectorIds' | 'totals'>;
  readonly index: Pick<VectorIndex, 'collections' | 'count'>;
  readonly space: EmbeddingSpace;
  readonly gate: Pick<WriteGate, 'isEntered'>;
  /** Compares the whole of it with SQLite; the collections of these servers are begun anew. */
  readonly mend: (anew: readonly string[]) => Promise<ReconcileReport>;
  readonly log: Log;
}

const PAGE = 1_000;
/** What fails again after it was made anew so often is not made anew once more, before somebody has looked. */
const MOST_ATTEMPTS = 3;

export function createIndexWatch({ store, index, space, gate, mend, log }: IndexWatchParts): IndexWatch {
  /** The collections that were there when all was well: another one under the same name is not ours. */
  const collections = new Map<string, string>();
  /** By server, whether all of it is gone. */
  const lost = new Map<string, boolean>();
  let wanted: { readonly totals: string; readonly counts: ReadonlyMap<string, number> } | null = null;
  let mending: Promise<void> | null = null;
  let mended: ReconcileReport | null = null;
  /** Why the last attempt failed; null after one that did not. */
  let failure: Words | null = null;
  /** By server, how often it was made anew because it could not be read. */
  const attempts = new Map<string, number>();
  const isGivenUp = (guildId: string) => (attempts.get(guildId) ?? 0) >= MOST_ATTEMPTS;

  const totalsNow = () => JSON.stringify(store.totals());

  /** Counted again only when something has changed: at rest a look costs a request or two. */
  async function counts(): Promise<ReadonlyMap<string, number>> {
    const totals = totalsNow();
    if (wanted?.totals === totals) return wanted.counts;
    const counts = new Map<string, number>();
    for (const guildId of store.guildsWithDocuments()) counts.set(guildId, await countOf(guildId));
    wanted = { totals, counts };
    return counts;
  }

  async function countOf(guildId: string): Promise<number> {
    for (let [count, after] = [0, 0]; ;) {
      const ids = store.guildVectorIds(guildId, space.id, { after, limit: PAGE });
      count += ids.length;
      if (ids.length < PAGE) return count;
      after = ids.at(-1) ?? after;
      await setImmediate();
    }
  }

  function begin(): void {
    if ([...lost.keys()].every(isGivenUp)) return;
    mending ??= putRight().finally(() => (mending = null));
  }

  async function putRight(): Promise<void> {
    const broken = [...lost.keys()].filter((guildId) => attempts.has(guildId)).length;
    const why = broken === 0 ? 'somebody has deleted it' : `it could not be read of ${broken} of them`;
    log.warn(
      `The index does not hold what it held of ${counted(lost.size, 'server')}: ${why}. It is made anew from SQLite`,
    );
    try {
      const anew = [...lost].filter(([guildId, isGone]) => isGone && !isGivenUp(guildId));
      mended = await mend(anew.map(([guildId]) => guildId));
      for (const guildId of lost.keys()) if (!isGivenUp(guildId)) lost.delete(guildId);
      failure = null;
      collections.clear();
      const { added, rebuilt } = mended;
      log.info('The index holds again what SQLite has', { added, rebuilt: rebuilt.length });
    } catch (error) {
      failure = isAppError(error) ? error.words : DEFECT;
      log.error('The index could not be made anew; this is tried again in a minute', { error });
    }
  }

  function loss(): IndexLoss | null {
    if (lost.size === 0) return null;
    const isHopeless = [...lost.keys()].every(isGivenUp);
    if (isHopeless) return { isMending: false, failure: GIVEN_UP };
    // Until the first attempt has failed it is under way, or is begun by the next look.
    return { isMending: mending !== null || failure === null, failure };
  }

  return {
    async look() {
      if (mending !== null) return;
      // What is known to be lost need not be found again, which may fail as well.
      if (lost.size > 0) return begin();
      const before = gate.isEntered() ? null : totalsNow();
      const expected = await counts();
      const there = await index.collections();
      const ids = new Map(there.filter(({ spaceId }) => spaceId === space.id).map(({ guildId, id }) => [guildId, id]));
      const short = new Map<string, boolean>();
      for (const [guildId, count] of expected) {
        if (count === 0) continue;
        const id = ids.get(guildId);
        const isOther = id === undefined || (collections.get(guildId) ?? id) !== id;
        if (isOther || (await index.count({ guildId, space })) < count) short.set(guildId, isOther);
        else collections.set(guildId, id);
      }
      // What was being written meanwhile is on its way, and not lost: the next look tells.
      if (short.size > 0 && (gate.isEntered() || totalsNow() !== before)) return;
      for (const [guildId, isGone] of short) lost.set(guildId, isGone);
      if (lost.size > 0) begin();
    },
    isLost(guildId, foundNothing) {
      if (lost.has(guildId)) return true;
      if (!foundNothing || gate.isEntered()) return false;
      if (store.guildVectorIds(guildId, space.id, { after: 0, limit: 1 }).length === 0) return false;
      lost.set(guildId, true);
      begin();
      return true;
    },
    failed(guildId, error) {
      // What a rest after a failure repeats may be of another server.
      if (!isAppError(error, 'damaged') || error.retryAfterMs !== null || lost.has(guildId)) return;
      const before = attempts.get(guildId) ?? 0;
      lost.set(guildId, before > 0);
      attempts.set(guildId, before + 1);
      if (isGivenUp(guildId))
        log.error(`The index of server ${guildId} was made anew ${before} times, and still fails`);
    },
    isWhole: () => lost.size === 0,
    loss,
    statusOf(server) {
      if (lost.size === 0 || server.state !== 'ok') return server;
      const words = lostIndexWords(loss() ?? { isMending: true, failure });
      return { ...server, state: 'degraded', detail: `${server.detail}: ${words.en}`, words };
    },
    takeMended() {
      const report = mended;
      mended = null;
      return report;
    },
    settled: async () => mending ?? undefined,
    agreed() {
      collections.clear();
      attempts.clear();
    },
  };
}

const DEFECT = { en: 'A defect, which the log describes.', ja: '不具合（詳細はログにあります）。' };
const GIVEN_UP = {
  en: `It was made anew ${MOST_ATTEMPTS - 1} times and still cannot be read.`,
  ja: `${MOST_ATTEMPTS - 1} 回作り直しましたが、まだ読み出せません。`,
};
