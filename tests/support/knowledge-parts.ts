import { assertText } from '../../src/adapters/extract/decode.ts';
import type { Store } from '../../src/adapters/sqlite/open.ts';
import { createIngest, createReindex } from '../../src/knowledge/ingest.ts';
import { createJobRunner } from '../../src/knowledge/jobs.ts';
import type { JobRunner } from '../../src/knowledge/jobs.ts';
import { createLibrary } from '../../src/knowledge/library.ts';
import type { AddRequest, Library } from '../../src/knowledge/api.ts';
import type { Job } from '../../src/knowledge/model.ts';
import type { CollectionKey, VectorIndex } from '../../src/knowledge/ports.ts';
import { createPurge } from '../../src/knowledge/purge.ts';
import { createLineChunker } from './fake-chunker.ts';
import { createFakeEmbedder } from './fake-embedder.ts';

export type MapIndex = Pick<VectorIndex, 'upsert' | 'remove'> & {
  readonly held: Map<string, Map<number, Float32Array>>;
  idsOf(guildId: string, spaceId: string): number[];
};

/** Just what indexing needs of an index. */
export function createMapIndex(): MapIndex {
  const held = new Map<string, Map<number, Float32Array>>();
  const name = (guildId: string, spaceId: string) => `${guildId}|${spaceId}`;
  const of = (key: CollectionKey) => {
    const records = held.get(name(key.guildId, key.space.id)) ?? new Map<number, Float32Array>();
    held.set(name(key.guildId, key.space.id), records);
    return records;
  };
  return {
    held,
    idsOf: (guildId, spaceId) => [...(held.get(name(guildId, spaceId))?.keys() ?? [])].sort((a, b) => a - b),
    upsert(key, records) {
      for (const { id, vector } of records) of(key).set(id, vector);
      return Promise.resolve();
    },
    remove(key, ids) {
      for (const id of ids) of(key).delete(id);
      return Promise.resolve();
    },
  };
}

export interface KnowledgeParts {
  readonly runner: JobRunner;
  readonly library: Library;
  readonly logged: string[];
}

/** The library on a real store, with small stand-ins for what lies outside of it. */
export function assemble(
  { knowledge: store, jobs }: Store,
  {
    embedder = createFakeEmbedder(),
    chunker = createLineChunker(),
    index = createMapIndex(),
    clock = Date.now,
    batchSize = 2,
  } = {},
): KnowledgeParts {
  const logged: string[] = [];
  // The index is used for writing only here, and the cast says so.
  const parts = { store, chunker, embedder, index: index as unknown as VectorIndex, batchSize };
  const runner = createJobRunner({
    jobs,
    handlers: {
      ingest: createIngest(parts),
      reindex: createReindex(parts),
      purge: createPurge({ ...parts, space: embedder.space }),
    },
    clock,
    random: () => 0.5,
    log: (level, message) => logged.push(`${level}: ${message}`),
  });
  const library = createLibrary({
    store,
    jobs,
    runner,
    clock,
    assertText,
    limitBytes: 10_000_000,
    space: embedder.space.id,
    engine: 'fake',
    retriever: { retrieve: () => Promise.resolve({ passages: [], vectors: true, notice: null, relevant: false }) },
  });
  return { runner, library, logged };
}

export function text(lines: string, more: Partial<AddRequest> = {}): AddRequest {
  return { guildId: 'g1', title: 'A text', name: 'a.md', content: Buffer.from(lines), addedBy: 'u1', ...more };
}

/** The job as it is when it is done or has failed. */
export function ended(library: Pick<Library, 'watchJob'>, job: Job | null): Promise<Job> {
  return until(library, job, ({ state }) => state === 'done' || state === 'failed');
}

export function until(
  library: Pick<Library, 'watchJob'>,
  job: Job | null,
  reached: (job: Job) => boolean,
): Promise<Job> {
  return new Promise((resolve, reject) => {
    if (!job) return reject(new Error('There is no job to wait for.'));
    const stop = library.watchJob(job.id, (now) => {
      if (!reached(now)) return;
      stop();
      resolve(now);
    });
  });
}
