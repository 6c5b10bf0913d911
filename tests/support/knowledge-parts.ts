import { assertText } from '../../src/adapters/extract/decode.ts';
import { titleOf } from '../../src/adapters/extract/title.ts';
import type { Store } from '../../src/adapters/sqlite/open.ts';
import { createTeaching } from '../../src/knowledge/ingest.ts';
import { createJobRunner } from '../../src/knowledge/jobs.ts';
import type { JobRunner } from '../../src/knowledge/jobs.ts';
import { createLibrary } from '../../src/knowledge/library.ts';
import type { AddRequest, Library } from '../../src/knowledge/api.ts';
import type { Job } from '../../src/knowledge/model.ts';
import type { Chunker, Clock, Embedder, VectorIndex } from '../../src/knowledge/ports.ts';
import { createPurge } from '../../src/knowledge/purge.ts';
import { createRetriever } from '../../src/knowledge/retrieve.ts';
import { createWriteGate, type WriteGate } from '../../src/knowledge/write-gate.ts';
import { createLineChunker } from './line-chunker.ts';
import { createWatchedEmbedder } from './watched-embedder.ts';
import { createMemoryIndex } from './memory-index.ts';

export type ListedIndex = VectorIndex & { idsOf(guildId: string, spaceId: string): Promise<number[]> };

/** An index that says what it holds. */
export function createListedIndex(): ListedIndex {
  const index = createMemoryIndex();
  return {
    ...index,
    async idsOf(guildId, spaceId) {
      const ids: number[] = [];
      for await (const page of index.ids({ guildId, space: { id: spaceId, model: '', dimensions: 8 } }))
        ids.push(...page);
      return ids.sort((a, b) => a - b);
    },
  };
}

export interface KnowledgeParts {
  readonly runner: JobRunner;
  readonly library: Library;
  readonly logged: string[];
}

interface Assembly {
  readonly embedder?: Embedder;
  readonly chunker?: Chunker;
  readonly index?: VectorIndex;
  readonly clock?: Clock;
  readonly batchSize?: number;
  readonly gate?: WriteGate;
  /** How long what was removed is kept; not at all where absent. */
  readonly keptMs?: number;
}

/** The library on a real store, with an index in memory and small sections. */
export function assemble(
  { knowledge: store, jobs }: Store,
  {
    embedder = createWatchedEmbedder(),
    chunker = createLineChunker(),
    index = createListedIndex(),
    clock = Date.now,
    batchSize = 2,
    gate = createWriteGate(),
    keptMs = 0,
  }: Assembly = {},
): KnowledgeParts {
  const logged: string[] = [];
  const parts = { store, jobs, chunker, embedder, index, batchSize, gate };
  const runner = createJobRunner({
    jobs,
    handlers: {
      ...createTeaching(parts),
      purge: createPurge({ ...parts, space: embedder.space, clock, keptMs }),
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
    titleOf,
    limitBytes: 10_000_000,
    space: embedder.space.id,
    engine: () => 'fake',
    retriever: createRetriever({ store, index, embedder, clock }),
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
