import { AppError, isAppError } from '../errors.ts';
import { embeddableText } from './hash-model.ts';
import type { Chunk, Document } from './model.ts';
import type { Embedder, JobStore, KnowledgeStore } from './ports.ts';
import type { ChunkVector } from './store-ports.ts';

/** New vectors of one document; those of several came with one request. */
export interface EmbeddedGroup {
  readonly document: Document;
  readonly vectors: readonly ChunkVector[];
}

export interface EmbeddingParts {
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
  /** Whose documents may share a request. */
  readonly jobs?: Pick<JobStore, 'openJobs'>;
  /** Passages looked at for one request. */
  readonly batchSize: number;
  /** Cuts a document into passages, unless that is done or under way. */
  readonly chunked: (document: Document, signal: AbortSignal) => Promise<void>;
}

interface Item {
  readonly document: Document;
  readonly chunk: Chunk;
}

/** A larger one is cut into passages when its own turn comes: nobody waits for it. */
const SMALL_BYTES = 65_536;
const MOST_WAITING = 100;

/**
 * Embeds the passages of a document, and in the same request those of documents that wait behind it, where requests are
 * counted: a quota of a few dozen a day is soon used up by small documents. What is being embedded for another document
 * is waited for, not asked for twice.
 */
export function createEmbedding({ store, embedder, jobs, batchSize, chunked }: EmbeddingParts) {
  const space = embedder.space.id;
  const underWay = new Map<number, Promise<void>>();

  /** The caller has saved each step before it asks for the next. Ends when no passage of the document lacks a vector. */
  async function* embed(document: Document, signal: AbortSignal): AsyncGenerator<readonly EmbeddedGroup[]> {
    for (;;) {
      signal.throwIfAborted();
      const lacking = store.chunksWithoutVector(document.id, space, batchSize);
      if (lacking.length === 0) return;
      const free = lacking.filter(({ id }) => !underWay.has(id));
      if (free.length === 0) {
        await Promise.all(new Set(lacking.flatMap(({ id }) => underWay.get(id) ?? [])));
        continue;
      }
      const items = free.map((chunk): Item => ({ document, chunk }));
      const { promise, resolve } = Promise.withResolvers<void>();
      const claim = ({ chunk }: Item) => void underWay.set(chunk.id, promise);
      items.forEach(claim);
      try {
        for await (const item of neighbours(document, batchSize - items.length, signal)) {
          claim(item);
          items.push(item);
        }
        yield grouped(await vectorsOf(items, document, signal));
      } finally {
        for (const { chunk } of items) underWay.delete(chunk.id);
        resolve();
      }
    }
  }

  /** Passages of the documents that wait, as far as there is room for them. */
  async function* neighbours(document: Document, room: number, signal: AbortSignal): AsyncGenerator<Item> {
    if (jobs === undefined || embedder.room === undefined) return;
    let left = room;
    for (const { kind, guildId, documentId, state } of left > 0 ? jobs.openJobs(null, MOST_WAITING) : []) {
      if (left <= 0) return;
      if (kind === 'purge' || documentId === null || documentId === document.id) continue;
      const other = store.document(guildId, documentId);
      if (other === null || other.state === 'failed') continue;
      if (!store.isChunked(other.id)) {
        if (state === 'running' || other.sizeBytes > SMALL_BYTES) continue;
        try {
          await chunked(other, signal);
        } catch {
          signal.throwIfAborted();
          continue; // its own job says why
        }
      }
      for (const chunk of store.chunksWithoutVector(other.id, space, left)) {
        if (underWay.has(chunk.id)) continue;
        left -= 1;
        yield { document: other, chunk };
      }
    }
  }

  /** What is known already, and as much of the rest as goes into one request. */
  async function vectorsOf(items: readonly Item[], own: Document, signal: AbortSignal) {
    const known = store.vectorsByTextHash(
      space,
      items.map(({ chunk }) => chunk.textHash),
    );
    const unknown = items.filter(({ chunk }) => !known.has(chunk.textHash));
    const texts = unknown.map(({ document, chunk }) => embeddableText(document.title, chunk.headings, chunk.text));
    const room = texts.length === 0 ? 0 : Math.max(1, embedder.room?.(texts) ?? texts.length);
    const sent = texts.slice(0, room);
    try {
      const made = sent.length > 0 ? await embedder.embedDocuments(sent, signal) : [];
      for (const [place, { chunk }] of unknown.slice(0, room).entries()) {
        const vector = made[place];
        if (!vector)
          throw new AppError('internal', `The embedder made ${made.length} vectors of ${sent.length} texts.`);
        known.set(chunk.textHash, vector);
      }
    } catch (error) {
      const isRefused = isAppError(error, 'invalid') || isAppError(error, 'blocked');
      const mine = items.filter(({ document }) => document.id === own.id);
      // One document's text must not be another's undoing.
      if (!isRefused || mine.length === items.length) throw error;
      return vectorsOf(mine, own, signal);
    }
    return items.flatMap((item) => {
      const vector = known.get(item.chunk.textHash);
      return vector === undefined ? [] : [{ ...item, vector }];
    });
  }

  return embed;
}

function grouped(items: readonly (Item & { readonly vector: Float32Array })[]): EmbeddedGroup[] {
  return [...Map.groupBy(items, ({ document }) => document.id).values()].flatMap((group) => {
    const [first] = group;
    const vectors = group.map(({ chunk, vector }) => ({ chunkId: chunk.id, vector }));
    return first === undefined ? [] : [{ document: first.document, vectors }];
  });
}
