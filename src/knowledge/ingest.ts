import { AppError } from '../errors.ts';
import { createEmbedding, type EmbeddedGroup } from './embedding.ts';
import type { JobContext, JobHandler } from './jobs.ts';
import type { Document, Job } from './model.ts';
import type { Chunker, CollectionKey, Embedder, JobStore, KnowledgeStore, VectorIndex } from './ports.ts';
import { createWriteGate, type WriteGate } from './write-gate.ts';

export interface IngestParts {
  readonly store: KnowledgeStore;
  readonly chunker: Chunker;
  readonly embedder: Embedder;
  readonly index: VectorIndex;
  /** Whose documents may share a request for vectors. */
  readonly jobs?: Pick<JobStore, 'openJobs'>;
  /** Chunks embedded and committed at a time: what a crash costs at most. */
  readonly batchSize?: number;
  /** Shared with all that writes to the index and with the snapshot. */
  readonly gate?: WriteGate;
}

/** The jobs that make documents findable. They share a desk, as a request for vectors may carry several documents. */
export function createTeaching(parts: IngestParts): { readonly ingest: JobHandler; readonly reindex: JobHandler } {
  const { store } = parts;
  const { chunked, embedAndIndex } = createDesk(parts);
  return {
    /** Content → chunks → vectors in SQLite → vectors in the index → ready. Resumes at the last committed step. */
    ingest: {
      async run(job, context) {
        const document = documentOf(store, job);
        if (!document) return;
        // Of one that is ready, only what the disk has damaged is made anew.
        if (document.state === 'ready' && store.isChunked(document.id)) return;
        try {
          if (!store.isChunked(document.id)) context.progress({ step: 'chunking', done: 0, total: 0 });
          await chunked(document, context.signal);
          await embedAndIndex(document, context);
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
    },
    /** Vectors in another space for a document that stays ready, and in answers, throughout. */
    reindex: {
      async run(job, context) {
        const document = documentOf(store, job);
        if (document?.state !== 'ready') return;
        try {
          await embedAndIndex(document, context);
        } catch (error) {
          if (documentOf(store, job)) throw error;
        }
      },
    },
  };
}

async function cutIntoChunks({ store, chunker }: IngestParts, document: Document, signal: AbortSignal): Promise<void> {
  const { id, title, name } = document;
  const chunks = await chunker.chunk({ title, name, content: store.content(id) }, signal);
  if (chunks.length === 0) {
    throw new AppError('invalid', {
      en: 'There is no text in it, so there is nothing to learn.',
      ja: '本文がないため、取り込めませんでした。',
    });
  }
  await store.replaceChunks(id, chunks);
}

/** What the jobs of one process share: a request for vectors may carry several documents. */
function createDesk(parts: IngestParts) {
  const { store, embedder, gate = createWriteGate(), batchSize = 100 } = parts;
  const chunking = new Map<number, Promise<void>>();

  function chunked(document: Document, signal: AbortSignal): Promise<void> {
    const { id } = document;
    if (store.isChunked(id)) return Promise.resolve();
    const work = chunking.get(id) ?? cutIntoChunks(parts, document, signal).finally(() => chunking.delete(id));
    chunking.set(id, work);
    return work;
  }
  const embed = createEmbedding({ ...parts, batchSize, chunked });

  /**
   * The index takes one batch while the next is being embedded. From a batch's way into SQLite until the index has it, no
   * snapshot is taken.
   */
  async function embedAndIndex(document: Document, { signal, progress }: JobContext): Promise<void> {
    const space = embedder.space.id;
    const indexed = new Set<number>();
    let indexing: Promise<unknown> = Promise.resolve();
    const index = async (groups: readonly EmbeddedGroup[], isNew: boolean): Promise<void> => {
      const leave = await gate.enter(signal);
      try {
        if (isNew)
          store.saveVectors(
            space,
            groups.flatMap(({ vectors }) => vectors),
          );
        await indexing;
      } catch (error) {
        leave();
        throw error;
      }
      const isOwn = (group: EmbeddedGroup) => group.document.id === document.id;
      // Of the others, those that are in answers already: what SQLite has of them, the index has, too.
      const due = groups.filter((group) => isOwn(group) || group.document.state === 'ready');
      indexing = Promise.all(due.map((group) => upsert(parts, group, isOwn(group), signal))).finally(leave);
      // Awaited in the next round; until then a failure must not count as unhandled.
      indexing.catch(() => {});
    };
    const step = (done: number, total: number) => progress({ step: 'embedding', done, total });
    try {
      const total = store.document(document.guildId, document.id)?.chunkCount ?? 0;
      step(store.countVectors(document.id, space), total);
      for await (const groups of embed(document, signal)) {
        await index(groups, true);
        const own = groups.find((group) => group.document.id === document.id)?.vectors ?? [];
        for (const { chunkId } of own) indexed.add(chunkId);
        step(store.countVectors(document.id, space), total);
      }
      progress({ step: 'indexing', done: 0, total });
      // Vectors of an earlier run, which the index may or may not have, or that came with another document's.
      for (let after = 0; indexed.size < total;) {
        const saved = store.documentVectors(document.id, space, { after, limit: 500 });
        const last = saved.at(-1);
        if (!last) break;
        const vectors = saved.filter(({ chunkId }) => !indexed.has(chunkId));
        if (vectors.length > 0) await index([{ document, vectors }], false);
        after = last.chunkId;
      }
      await indexing;
    } finally {
      // Nothing is under way any more when a job ends, well or not.
      await Promise.allSettled([indexing]);
    }
  }

  return { chunked, embedAndIndex };
}

/** @param isOwn whether the job is this document's: of another one nobody has to hear that it was removed */
async function upsert(
  { store, index, embedder }: IngestParts,
  { document, vectors }: EmbeddedGroup,
  isOwn: boolean,
  signal: AbortSignal,
): Promise<void> {
  const key: CollectionKey = { guildId: document.guildId, space: embedder.space };
  const records = vectors.map(({ chunkId, vector }) => ({ id: chunkId, vector }));
  await index.upsert(key, records, signal);
  if (store.document(document.guildId, document.id)) return;
  // Removed while the index was written to: its purge may have passed already, so what came after it goes here.
  await index.remove(
    key,
    records.map(({ id }) => id),
  );
  if (isOwn) throw new AppError('not_found', `Document ${document.id} has been removed.`);
}

function documentOf(store: KnowledgeStore, job: Job): Document | null {
  return job.documentId === null ? null : store.document(job.guildId, job.documentId);
}
