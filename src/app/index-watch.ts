import { setImmediate } from 'node:timers/promises';
import { counted } from '../counted.ts';
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
  /** False until what was missing is there again. */
  isWhole(): boolean;
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

export function createIndexWatch({ store, index, space, gate, mend, log }: IndexWatchParts): IndexWatch {
  /** The collections that were there when all was well: another one under the same name is not ours. */
  const collections = new Map<string, string>();
  /** By server, whether all of it is gone. */
  const lost = new Map<string, boolean>();
  let wanted: { readonly totals: string; readonly counts: ReadonlyMap<string, number> } | null = null;
  let mending: Promise<void> | null = null;
  let mended: ReconcileReport | null = null;

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
    mending ??= putRight().finally(() => (mending = null));
  }

  async function putRight(): Promise<void> {
    log.warn(
      `The index does not hold what it held of ${counted(lost.size, 'server')}: somebody has deleted it. It is made anew from SQLite`,
    );
    try {
      mended = await mend([...lost].filter(([, isGone]) => isGone).map(([guildId]) => guildId));
      lost.clear();
      collections.clear();
      const { added, rebuilt } = mended;
      log.info('The index holds again what SQLite has', { added, rebuilt: rebuilt.length });
    } catch (error) {
      log.error('The index could not be made anew; this is tried again in a minute', { error });
    }
  }

  return {
    async look() {
      if (mending !== null) return;
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
    isWhole: () => lost.size === 0,
    statusOf(server) {
      if (lost.size === 0 || server.state !== 'ok') return server;
      return { ...server, state: 'degraded', detail: `${server.detail}: ${lostWords.en}`, words: lostWords };
    },
    takeMended() {
      const report = mended;
      mended = null;
      return report;
    },
    settled: async () => mending ?? undefined,
    agreed: () => collections.clear(),
  };
}

const lostWords = {
  en: 'Parts of the vector index are gone, and are made anew from the database. Words alone answer meanwhile.',
  ja: 'ベクトル索引の一部が失われたため、データベースから作り直しています。その間はキーワード検索だけで回答します。',
};
