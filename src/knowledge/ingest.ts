import { AppError } from '../errors.ts';
import { embeddableText } from './chunk.ts';
import type { JobContext, JobHandler } from './jobs.ts';
import type { Chunk, Document, Job } from './model.ts';
import type { Chunker, CollectionKey, Embedder, KnowledgeStore, VectorIndex } from './ports.ts';
import type { ChunkVector } from './store-ports.ts';
import { createWriteGate, type WriteGate } from './write-gate.ts';

export interface IngestParts {
  readonly store: KnowledgeStore;
  readonly chunker: Chunker;
  readonly embedder: Embedder;
  readonly index: VectorIndex;
  /** Chunks embedded and committed at a time: what a crash costs at most. */
  readonly batchSize?: number;
  /** Shared with all that writes to the index and with the snapshot. */
  readonly gate?: WriteGate;
}

/** Content → chunks → vectors in SQLite → vectors in the index → ready. Resumes at the last committed step. */
export function createIngest(parts: IngestParts): JobHandler {
  const { store } = parts;
  return {
    async run(job, context) {
      const document = documentOf(store, job);
      if (!document || document.state === 'ready') return;
      try {
        await chunkContent(parts, document, context);
        await embedAndIndex(parts, document, context);
      } catch (error) {
        // Removed meanwhile: its purge job takes everything away, and nobody waits for this one.
        if (!documentOf(store, job)) return;
        throw error;
      }
      store.markReady(document.id);
    },
    failed(job, words) {
      if (job.documentId !== null) store.markFailed(job.documentId, words);
    },
  };
}

/** Vectors in another space for a document that stays ready, and in answers, throughout. */
export function createReindex(parts: IngestParts): JobHandler {
  return {
    async run(job, context) {
      const document = documentOf(parts.store, job);
      if (document?.state !== 'ready') return;
      try {
        await embedAndIndex(parts, document, context);
      } catch (error) {
        if (documentOf(parts.store, job)) throw error;
      }
    },
  };
}

async function chunkContent({ store, chunker }: IngestParts, document: Document, context: JobContext): Promise<void> {
  if (store.isChunked(document.id)) return;
  context.progress({ step: 'chunking', done: 0, total: 0 });
  const { id, title, name } = document;
  const chunks = await chunker.chunk({ title, name, content: store.content(id) }, context.signal);
  if (chunks.length === 0) {
    throw new AppError('invalid', {
      en: `“${title}” has no text in it, so there is nothing to learn.`,
      ja: `「${title}」には本文がないため、取り込めませんでした。`,
    });
  }
  await store.replaceChunks(id, chunks);
}

/**
 * The index takes one batch while the next is being embedded. From a batch's way into SQLite until the index has it, no
 * snapshot is taken.
 */
async function embedAndIndex(parts: IngestParts, document: Document, context: JobContext): Promise<void> {
  const { store, embedder, gate = createWriteGate() } = parts;
  const key: CollectionKey = { guildId: document.guildId, space: embedder.space };
  let indexing: Promise<void> = Promise.resolve();
  try {
    for await (const { vectors, isNew } of vectorsOf(parts, document, context)) {
      const leave = await gate.enter(context.signal);
      try {
        if (isNew) store.saveVectors(embedder.space.id, vectors);
        await indexing;
      } catch (error) {
        leave();
        throw error;
      }
      indexing = upsert(parts, key, document, vectors, context.signal).finally(leave);
      // Awaited in the next round; until then a failure must not count as unhandled.
      indexing.catch(() => {});
    }
    const { chunkCount } = store.document(document.guildId, document.id) ?? document;
    context.progress({ step: 'indexing', done: 0, total: chunkCount });
    await indexing;
  } finally {
    // Nothing is under way any more when a job ends, well or not.
    await Promise.allSettled([indexing]);
  }
}

/** First the vectors of an earlier run, which the index may or may not have; then new ones, to be saved before the next. */
async function* vectorsOf(
  { store, embedder, batchSize = 100 }: IngestParts,
  document: Document,
  { signal, progress }: JobContext,
): AsyncIterable<{ readonly vectors: readonly ChunkVector[]; readonly isNew: boolean }> {
  const space = embedder.space.id;
  for (let after = 0; ;) {
    const saved = store.documentVectors(document.id, space, { after, limit: 500 });
    const last = saved.at(-1);
    if (!last) break;
    yield { vectors: saved, isNew: false };
    after = last.chunkId;
  }
  const total = store.document(document.guildId, document.id)?.chunkCount ?? 0;
  for (let done = store.countVectors(document.id, space); ;) {
    signal.throwIfAborted();
    progress({ step: 'embedding', done, total });
    const chunks = store.chunksWithoutVector(document.id, space, batchSize);
    if (chunks.length === 0) return;
    const vectors = await embed(store, embedder, document, chunks, signal);
    yield { vectors, isNew: true };
    done += vectors.length;
  }
}

async function embed(
  store: KnowledgeStore,
  embedder: Embedder,
  document: Document,
  chunks: readonly Chunk[],
  signal: AbortSignal,
): Promise<ChunkVector[]> {
  const known = store.vectorsByTextHash(
    embedder.space.id,
    chunks.map((chunk) => chunk.textHash),
  );
  const unknown = chunks.filter((chunk) => !known.has(chunk.textHash));
  const texts = unknown.map((chunk) => embeddableText(document.title, chunk.headings, chunk.text));
  const made = texts.length > 0 ? await embedder.embedDocuments(texts, signal) : [];
  for (const [position, chunk] of unknown.entries()) {
    const vector = made[position];
    if (!vector) throw new AppError('internal', `The embedder made ${made.length} vectors of ${texts.length} texts.`);
    known.set(chunk.textHash, vector);
  }
  return chunks.flatMap((chunk) => {
    const vector = known.get(chunk.textHash);
    return vector ? [{ chunkId: chunk.id, vector }] : [];
  });
}

async function upsert(
  { store, index }: IngestParts,
  key: CollectionKey,
  document: Document,
  vectors: readonly ChunkVector[],
  signal: AbortSignal,
): Promise<void> {
  const records = vectors.map(({ chunkId, vector }) => ({ id: chunkId, vector }));
  await index.upsert(key, records, signal);
  if (store.document(document.guildId, document.id)) return;
  // Removed while the index was written to: its purge may have passed already, so what came after it goes here.
  await index.remove(
    key,
    records.map(({ id }) => id),
  );
  throw new AppError('not_found', `Document ${document.id} has been removed.`);
}

function documentOf(store: KnowledgeStore, job: Job): Document | null {
  return job.documentId === null ? null : store.document(job.guildId, job.documentId);
}
