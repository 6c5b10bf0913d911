import { setImmediate } from 'node:timers/promises';
import { AppError, isAppError } from '../errors.ts';
import type { EmbeddingSpace } from './model.ts';
import type { CollectionKey, KnowledgeStore, VectorIndex } from './ports.ts';
import { findsItself } from './self-search.ts';
import type { WriteGate } from './write-gate.ts';

export interface ReconcileOptions {
  readonly store: Pick<
    KnowledgeStore,
    'guildsWithDocuments' | 'guildVectorIds' | 'guildVectors' | 'vectors' | 'documentsWithoutVectors' | 'lastChunkId'
  >;
  readonly index: VectorIndex;
  readonly space: EmbeddingSpace;
  /**
   * Waits until a server that was restarted answers again. With it, a collection on which the server crashes is rebuilt;
   * without it (a remote server), `unavailable` ends the work.
   */
  readonly ready?: () => Promise<void>;
  /** Empties a local server that cannot even be rebuilt on, and starts it again. */
  readonly startAfresh?: () => Promise<void>;
  readonly onProgress?: (progress: ReconcileProgress) => void;
  readonly signal?: AbortSignal;
  /** No snapshot is taken meanwhile. */
  readonly gate?: WriteGate;
}

/** Under way: what the database failed with is no damage of the index, which is neither dropped nor set aside for it. */
interface Reconciling extends ReconcileOptions {
  readonly ofStore: ReadonlySet<unknown>;
}

export interface ReconcileProgress {
  readonly guildId: string;
  readonly step: 'checking' | 'adding' | 'rebuilding';
  readonly done: number;
  readonly total: number;
}

export interface ReconcileReport {
  readonly added: number;
  readonly removed: number;
  /** Guilds whose collection was dropped and filled again. */
  readonly rebuilt: readonly string[];
  /** Collections that nothing needed. */
  readonly dropped: number;
  readonly checked: number;
  /** Passages in the index that are newer than any that SQLite knows: what it had committed is gone from it. */
  readonly beyond: number;
}

const pageSize = 1_000;

/**
 * Makes the index hold what SQLite says it should: missing vectors are added, ids unknown to SQLite removed, a collection
 * that cannot be read or does not find its own vectors is rebuilt. Nothing is embedded anew.
 * @throws AppError `unavailable` (no server), `damaged` (rebuilding fails too, or the database), `aborted`
 */
export async function reconcile(options: ReconcileOptions): Promise<ReconcileReport> {
  const leave = await options.gate?.enter(options.signal);
  const ofStore = new Set<unknown>();
  const reconciling = { ...options, store: notingFailures(options.store, ofStore), ofStore };
  try {
    return await reconcileOnce(reconciling);
  } catch (error) {
    if (options.startAfresh === undefined || !isAppError(error, 'damaged') || ofStore.has(error)) throw error;
    await options.startAfresh();
    return await reconcileOnce(reconciling);
  } finally {
    leave?.();
  }
}

function notingFailures(store: ReconcileOptions['store'], failures: Set<unknown>): ReconcileOptions['store'] {
  const noted =
    <Given extends unknown[], Found>(read: (...given: Given) => Found) =>
    (...given: Given): Found => {
      try {
        return read(...given);
      } catch (error) {
        failures.add(error);
        throw error;
      }
    };
  return {
    guildsWithDocuments: noted(store.guildsWithDocuments),
    guildVectorIds: noted(store.guildVectorIds),
    guildVectors: noted(store.guildVectors),
    vectors: noted(store.vectors),
    documentsWithoutVectors: noted(store.documentsWithoutVectors),
    lastChunkId: noted(store.lastChunkId),
  };
}

async function reconcileOnce(options: Reconciling): Promise<ReconcileReport> {
  const { store, index, space } = options;
  const report = { added: 0, removed: 0, rebuilt: new Array<string>(), dropped: 0, checked: 0, beyond: 0 };
  const guilds = store.guildsWithDocuments();
  await survivingCrash(options, () => index.settle());
  const last = store.lastChunkId();
  const isBeyond = (id: number) => id > last;
  const unneeded =
    (await survivingCrash(options, () => dropUnneeded(options, new Set(guilds), isBeyond))) ?? beyondRepair();
  report.dropped = unneeded.dropped;
  report.beyond = unneeded.beyond;
  for (const guildId of guilds) {
    const key = { guildId, space };
    const wanted: number[] = [];
    for await (const ids of wantedIds(options, guildId)) wanted.push(...ids);
    report.checked += wanted.length;
    options.onProgress?.({ guildId, step: 'checking', done: 0, total: wanted.length });
    const found = await survivingCrash(options, async () => {
      const { missing, ghosts } = await compare(index, key, wanted);
      const unknown = withoutVector(options, ghosts);
      await index.remove(key, unknown);
      await add(options, key, missing);
      const sound = await findsItself(options, key, wanted);
      const beyond = unknown.filter(isBeyond).length;
      return sound ? { added: missing.length, removed: unknown.length, beyond } : null;
    });
    if (found === null) {
      const done = await survivingCrash(options, () => rebuild(options, key, wanted.length));
      if (done === null) beyondRepair();
      report.rebuilt.push(guildId);
    } else {
      report.added += found.added;
      report.removed += found.removed;
      report.beyond += found.beyond;
    }
  }
  return report;
}

function beyondRepair(): never {
  throw new AppError('damaged', "Chroma's own database is damaged: its collections can be neither read nor rebuilt.");
}

/** Null when the collection is damaged: it says so, or the server ends twice over it. */
async function survivingCrash<T>({ ready, signal, ofStore }: Reconciling, work: () => Promise<T>): Promise<T | null> {
  for (let crashes = 0; ;) {
    try {
      checkGoingOn(signal);
      return await work();
    } catch (error) {
      if (ofStore.has(error)) throw error;
      if (isAppError(error, 'damaged') || isAppError(error, 'invalid')) return null;
      if (!isAppError(error, 'unavailable') || ready === undefined) throw error;
      crashes += 1;
      await ready();
      if (crashes === 2) return null;
    }
  }
}

async function* wantedIds({ store, space, signal }: ReconcileOptions, guildId: string): AsyncIterable<number[]> {
  for (let after = 0; ;) {
    const ids = store.guildVectorIds(guildId, space.id, { after, limit: pageSize });
    if (ids.length > 0) yield ids;
    if (ids.length < pageSize) return;
    after = ids.at(-1) ?? after;
    await setImmediate();
    checkGoingOn(signal);
  }
}

async function compare(index: VectorIndex, key: CollectionKey, wanted: readonly number[]) {
  const there = new Set<number>();
  for await (const page of index.ids(key)) for (const id of page) there.add(id);
  const missing = wanted.filter((id) => !there.delete(id));
  return { missing, ghosts: [...there] };
}

/** Chunks of a document that is being indexed at this moment are no ghosts, though it is not ready yet. */
function withoutVector({ store, space }: ReconcileOptions, ids: readonly number[]): number[] {
  const unknown = new Set(ids);
  for (let from = 0; from < ids.length; from += pageSize)
    for (const { chunkId } of store.vectors(space.id, ids.slice(from, from + pageSize))) unknown.delete(chunkId);
  return [...unknown];
}

function checkGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AppError('aborted', 'The index is not being checked any longer.');
}

async function add(options: ReconcileOptions, key: CollectionKey, ids: readonly number[]): Promise<void> {
  const { store, index, space, onProgress, signal } = options;
  for (let done = 0; done < ids.length; done += pageSize) {
    onProgress?.({ guildId: key.guildId, step: 'adding', done, total: ids.length });
    const vectors = store.vectors(space.id, ids.slice(done, done + pageSize));
    await index.upsert(
      key,
      vectors.map(({ chunkId, vector }) => ({ id: chunkId, vector })),
      signal,
    );
  }
}

async function rebuild(options: ReconcileOptions, key: CollectionKey, total: number): Promise<true> {
  const { store, index, space, onProgress, signal } = options;
  await index.drop(key);
  for (let [after, done] = [0, 0]; ;) {
    onProgress?.({ guildId: key.guildId, step: 'rebuilding', done, total });
    const page = store.guildVectors(key.guildId, space.id, { after, limit: pageSize });
    await index.upsert(
      key,
      page.map(({ chunkId, vector }) => ({ id: chunkId, vector })),
      signal,
    );
    if (page.length < pageSize) return true;
    done += page.length;
    after = page.at(-1)?.chunkId ?? after;
  }
}

/** Collections of guilds that have no documents, and of other spaces once every document has its vectors in this one. */
async function dropUnneeded(
  { store, index, space }: ReconcileOptions,
  guilds: ReadonlySet<string>,
  isBeyond: (id: number) => boolean,
): Promise<Pick<ReconcileReport, 'dropped' | 'beyond'>> {
  const complete = store.documentsWithoutVectors(space.id, 1).length === 0;
  let [dropped, beyond] = [0, 0];
  for (const { guildId, spaceId } of await index.collections()) {
    if (guilds.has(guildId) && (spaceId === space.id || !complete)) continue;
    const key = { guildId, space: { id: spaceId, model: '', dimensions: 0 } };
    if (!guilds.has(guildId)) for await (const ids of index.ids(key)) beyond += ids.filter(isBeyond).length;
    await index.drop(key);
    dropped += 1;
  }
  return { dropped, beyond };
}
