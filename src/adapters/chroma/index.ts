import { ChromaClient, type Collection } from 'chromadb';
import { AppError, isAppError } from '../../errors.ts';
import type { CollectionKey, VectorIndex } from '../../knowledge/ports.ts';
import type { ChromaConnection, ChromaEndpoint } from './connection.ts';
import { createNames, LAST, NEXT } from './names.ts';
import { translate } from './translate.ts';
import { upsertPacked } from './upsert.ts';
import { createWriteLine } from './write-line.ts';

export interface ChromaIndexOptions {
  readonly connection: ChromaConnection;
  /** Every collection's name begins with it, so that several bots can share a server. */
  readonly collectionPrefix: string;
  readonly timeoutMs?: number;
  readonly writeTimeoutMs?: number;
}

/** Chroma takes 5,461 records and 40 MiB at most, a number being 5.4 bytes; smaller batches leave gaps for questions. */
const maxBatchRecords = 500;
const maxBatchNumbers = 1_500_000;
const idsPage = 5_000;
const collectionsPage = 200;

/** The vector index in Chroma, local or remote. Nothing is asked of the server before the first call. */
export function openChromaIndex(options: ChromaIndexOptions): VectorIndex {
  const { connection, timeoutMs = 10_000, writeTimeoutMs = 60_000 } = options;
  const names = createNames(options.collectionPrefix);
  /** Collection ids by name: one round trip less per question. */
  const known = new Map<string, string>();

  /** One client per call, as the client knows abort signals per client only; making one is a matter of microseconds. */
  async function call<T>(
    limitMs: number,
    caller: AbortSignal | undefined,
    work: (client: ChromaClient, endpoint: ChromaEndpoint, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const timeout = AbortSignal.timeout(limitMs);
    if (caller?.aborted === true) throw translate(caller.reason, { caller, timeout });
    try {
      return await connection.passing(() => {
        const endpoint = connection.endpoint();
        const signal = caller === undefined ? timeout : AbortSignal.any([caller, timeout]);
        const client = new ChromaClient({ ...endpoint, headers: { ...endpoint.headers }, fetchOptions: { signal } });
        return work(client, endpoint, signal);
      });
    } catch (error) {
      throw translate(error, { caller, timeout });
    }
  }

  async function handle(client: ChromaClient, key: CollectionKey, create: boolean): Promise<Collection> {
    const name = names.nameOf(key);
    const id = known.get(name);
    if (id !== undefined) return client.collection(id);
    const collection = create
      ? await client.getOrCreateCollection({
          name,
          metadata: names.metadataOf(key),
          configuration: { hnsw: { space: 'cosine' } },
          embeddingFunction: null,
        })
      : await client.getCollection({ name });
    known.set(name, collection.id);
    return client.collection(collection.id);
  }

  /** A cached id may be of a collection that is gone meanwhile: it is looked up once more. */
  async function onCollection<T>(
    client: ChromaClient,
    key: CollectionKey,
    create: boolean,
    work: (collection: Collection) => Promise<T>,
  ): Promise<T> {
    const cached = known.has(names.nameOf(key));
    try {
      return await work(await handle(client, key, create));
    } catch (error) {
      if (!cached || !(isGone(error) || isBeingDeleted(error))) throw error;
      known.delete(names.nameOf(key));
      return work(await handle(client, key, create));
    }
  }

  /** What a read of a collection that does not exist gives. */
  async function orIfMissing<T>(missing: T, work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      if (isAppError(error, 'not_found')) return missing;
      throw error;
    });
  }

  const line = createWriteLine((key, records, signal) =>
    call(writeTimeoutMs, signal, (client, endpoint, ending) =>
      onCollection(client, key, true, ({ id }) => upsertPacked(endpoint, id, records, ending)),
    ).catch((error: unknown) => {
      known.delete(names.nameOf(key));
      throw isAppError(error, 'not_found') ? new AppError('unavailable', deletedMeanwhile, { cause: error }) : error;
    }),
  );

  const index: VectorIndex = {
    async upsert(key, records, signal) {
      for (const { vector } of records) checkDimensions(key, vector);
      const size = Math.max(1, Math.min(maxBatchRecords, Math.floor(maxBatchNumbers / key.space.dimensions)));
      for (let from = 0; from < records.length; from += size) {
        const batch = records.slice(from, from + size);
        await line.upsert(names.nameOf(key), key, batch, size, signal);
      }
    },

    async remove(key, ids) {
      for (let from = 0; from < ids.length; from += maxBatchRecords) {
        const batch = ids.slice(from, from + maxBatchRecords).map(String);
        const removing = line.inTurn(() =>
          call(writeTimeoutMs, undefined, (client) =>
            onCollection(client, key, false, async (collection) => void (await collection.delete({ ids: batch }))),
          ),
        );
        await orIfMissing(undefined, removing);
      }
    },

    async nearest(key, vector, limit, signal) {
      checkDimensions(key, vector);
      if (limit < 1) return [];
      const query = { queryEmbeddings: [Array.from(vector)], nResults: limit, include: ['distances' as const] };
      const searching = call(timeoutMs, signal, (client) =>
        onCollection(client, key, false, async (collection) => {
          const { ids, distances } = await collection.query(query);
          return (ids[0] ?? []).map((id, at) => ({ id: Number(id), similarity: 1 - (distances[0]?.[at] ?? 1) }));
        }),
      );
      return orIfMissing([], searching);
    },

    async count(key) {
      return orIfMissing(
        0,
        call(timeoutMs, undefined, (client) => onCollection(client, key, false, (collection) => collection.count())),
      );
    },

    async *ids(key) {
      for (let offset = 0; ; offset += idsPage) {
        const page = await orIfMissing<readonly number[]>(
          [],
          call(writeTimeoutMs, undefined, (client) =>
            onCollection(client, key, false, async (collection) =>
              (await collection.get({ limit: idsPage, offset, include: [] })).ids.map(Number),
            ),
          ),
        );
        if (page.length > 0) yield page;
        if (page.length < idsPage) return;
      }
    },

    async drop(key) {
      const name = names.nameOf(key);
      known.delete(name);
      await orIfMissing(
        undefined,
        call(writeTimeoutMs, undefined, (client) => client.deleteCollection({ name })),
      );
    },

    async collections() {
      const ours = await allOurs();
      return ours.flatMap(({ guildId, spaceId, id, isPassing }) => (isPassing ? [] : [{ guildId, spaceId, id }]));
    },

    async succeed(key) {
      const name = names.nameOf(key);
      await call(writeTimeoutMs, undefined, async (client) => {
        const next = await client.getCollection({ name: name + NEXT });
        const last = await client.getCollection({ name }).catch((error: unknown) => {
          if (isGone(error)) return null;
          throw error;
        });
        // Searches know the last one by its id and find it until it is gone; after a crash from here on, the successor is it.
        await last?.modify({ name: name + LAST, metadata: { ...names.metadataOf(key), passing: true } });
        await next.modify({ name, metadata: names.metadataOf(key) });
        known.set(name, next.id);
        known.delete(name + NEXT);
        if (last !== null) await client.deleteCollection({ name: name + LAST });
      });
    },

    async settle() {
      const ours = await allOurs();
      const there = new Set(ours.map(({ name }) => name));
      for (const { name, isPassing } of ours.filter(({ name }) => name.endsWith(NEXT))) {
        const rightful = name.slice(0, -NEXT.length);
        if (!isPassing || there.has(rightful)) continue;
        // Whole and compared: only then is the one before it renamed.
        await call(writeTimeoutMs, undefined, async (client) => {
          const next = await client.getCollection({ name });
          await next.modify({ name: rightful, metadata: { ...next.metadata, passing: false } });
        });
        there.delete(name);
      }
      for (const { name, isPassing } of ours) {
        if (!isPassing || !there.has(name)) continue;
        known.delete(name);
        await orIfMissing(
          undefined,
          call(writeTimeoutMs, undefined, (client) => client.deleteCollection({ name })),
        );
      }
    },
  };

  async function allOurs() {
    const found: { name: string; id: string; guildId: string; spaceId: string; isPassing: boolean }[] = [];
    for (let offset = 0; ; offset += collectionsPage) {
      const page = await call(timeoutMs, undefined, (client) =>
        client.listCollections({ limit: collectionsPage, offset }),
      );
      for (const { id, name, metadata } of page) {
        const key = names.isOurs(name) ? names.keyOf(metadata) : null;
        if (key !== null) found.push({ ...key, name, id, isPassing: names.isPassing(metadata) });
      }
      if (page.length < collectionsPage) return found;
    }
  }

  return index;
}

/** A write makes the collection that it needs: where that goes again and again, it is a trouble that passes. */
const deletedMeanwhile = {
  en: 'Somebody deleted the collection in Chroma while it was written to. It is made again.',
  ja: '書き込み中に Chroma のコレクションが削除されました。作り直します。',
};

const isGone = (error: unknown) => error instanceof Error && error.name === 'ChromaNotFoundError';

/** Who asks in that moment is told of its parts one by one. Of one that is damaged the second attempt says the same. */
const isBeingDeleted = (error: unknown) => error instanceof Error && /Missing \w+ segment/.test(error.message);

function checkDimensions({ space }: CollectionKey, vector: Float32Array): void {
  if (vector.length !== space.dimensions)
    throw new AppError(
      'invalid',
      `A vector has ${vector.length} numbers, and the space ${space.id} has ${space.dimensions}.`,
    );
}
