import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertText } from '../adapters/extract/decode.ts';
import { openStore, type Store } from '../adapters/sqlite/open.ts';
import { createChunker } from '../adapters/threads/chunker.ts';
import { openTextPool } from '../adapters/threads/pool.ts';
import type { Config } from '../config.ts';
import { checkFolder } from '../health/folder.ts';
import { createIndexProbe } from '../health/index-probe.ts';
import type { PartStatus } from '../health/ports.ts';
import { verifyPersistence } from '../health/volume-check.ts';
import { createAnswers } from '../knowledge/answer.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import { createIngest, createReindex } from '../knowledge/ingest.ts';
import { createJobRunner, type JobRunner } from '../knowledge/jobs.ts';
import { createLibrary } from '../knowledge/library.ts';
import type { Clock } from '../knowledge/ports.ts';
import { createPurge } from '../knowledge/purge.ts';
import { reconcile } from '../knowledge/reconcile.ts';
import { queueReindex } from '../knowledge/reindex.ts';
import { createRetriever } from '../knowledge/retrieve.ts';
import { createWriteGate, type WriteGate } from '../knowledge/write-gate.ts';
import type { Log } from '../log.ts';
import { createEngine, type Engine } from './engine.ts';
import { openIndexServer, type IndexServer } from './index-server.ts';
import { createPatience } from './patience.ts';

/** Where what the project brings to a machine is kept: a newer glibc, where Chroma needs one. */
const CACHE_DIRECTORY = fileURLToPath(new URL('../../.cache', import.meta.url));
const IDLE_THREAD_MS = 5_000;
const MOST_JOBS_SHOWN = 100;

/** Knowledge ready for use: what Discord, the shell and the tests stand on. */
export interface KnowledgeBase extends AsyncDisposable {
  readonly store: Store;
  readonly indexServer: IndexServer;
  readonly engine: Engine;
  readonly library: Library;
  readonly answers: Answers;
  readonly runner: JobRunner;
  /** Takes up the jobs, where it was opened without: a second call does nothing. */
  begin(): void;
  status(): PartStatus[];
}

export interface Surroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborted when the program is asked to stop while it is still starting. */
  readonly signal?: AbortSignal;
  /** Takes the place of the engine that the configuration names. */
  readonly engine?: Engine;
  /** Work beside a bot that has the volume already: its Chroma answers, and it does the indexing. */
  readonly besideBot?: boolean;
  /** True leaves the jobs where they are until `begin`: what lies there is looked at first. */
  readonly paused?: boolean;
  /** How long another process on the same volume may take to stop; 0 without it. */
  readonly lockWaitMs?: number;
  /** Shared with what takes snapshots of SQLite and the index. */
  readonly gate?: WriteGate;
  /** Looks at what lies there before SQLite and Chroma are brought into agreement. */
  readonly inspect?: (found: Pick<KnowledgeBase, 'store' | 'indexServer'>) => Promise<void>;
}

/** Opens SQLite and Chroma, brings them into agreement and takes up the jobs that a crash left behind. */
export async function openKnowledgeBase(config: Config, surroundings: Surroundings): Promise<KnowledgeBase> {
  const { log, clock, random, signal, besideBot = false } = surroundings;
  await using opening = new AsyncDisposableStack();
  await checkFolders(config);
  const store = opening.use(openStore(config.database));
  await store.probe.probe();
  const indexServer = opening.use(
    await openIndexServer(config.chroma, {
      cacheDirectory: CACHE_DIRECTORY,
      log,
      besideBot,
      patience: createPatience({ waitMs: surroundings.lockWaitMs ?? 0, log, signal }),
    }),
  );
  const { index } = indexServer;
  const pool = openTextPool({
    workerFile: new URL('../text-worker.ts', import.meta.url),
    maxThreads: 1,
    idleTimeoutMs: IDLE_THREAD_MS,
  });
  opening.defer(() => pool.close());
  const engine = surroundings.engine ?? createEngine(config.gemini, { pool, usage: store.usage, clock, random });
  const { embedder, generator } = engine;
  const { gate = createWriteGate() } = surroundings;
  const parts = { store: store.knowledge, chunker: createChunker(pool), embedder, index, gate };
  const runner = createJobRunner({
    jobs: store.jobs,
    handlers: {
      ingest: createIngest(parts),
      reindex: createReindex(parts),
      purge: createPurge({ ...parts, space: embedder.space }),
    },
    clock,
    random,
    log: (level, message, error) => log[level](message, error === undefined ? {} : { error }),
  });
  const retriever = createRetriever({
    ...parts,
    clock,
    onFailure: (part, error) => log.warn(`The ${part} failed, so words alone answer`, { error }),
  });
  const library = createLibrary({
    store: store.knowledge,
    jobs: store.jobs,
    runner,
    retriever,
    clock,
    assertText,
    limitBytes: config.limits.documentBytes,
    space: embedder.space.id,
    engine: generator.name,
  });
  const answers = createAnswers({
    retriever,
    generator,
    history: store.history,
    store: store.knowledge,
    clock,
    log,
    limits: {
      questionLength: config.limits.questionCharacters,
      contextTokens: config.limits.passageTokens,
      outputTokens: config.limits.outputTokens,
      timeoutMs: config.limits.answerMs,
    },
  });
  if (!indexServer.isShared) {
    await surroundings.inspect?.({ store, indexServer });
    const directory = config.chroma.remote?.url ?? config.chroma.directory;
    await verifyPersistence({ directory, probe: createIndexProbe(indexServer), log });
    await agree(store, indexServer, engine, { log, gate, ...(signal === undefined ? {} : { signal }) });
    const waiting = await queueReindex({ store: store.knowledge, jobs: store.jobs, clock }, embedder.space.id);
    if (waiting > 0) log.info(`${waiting} documents are embedded again for ${embedder.space.id}`);
    opening.defer(() => runner.stop());
    if (surroundings.paused !== true) runner.start();
  }
  const opened = opening.move();
  return {
    store,
    indexServer,
    engine,
    library,
    answers,
    runner,
    begin() {
      if (!indexServer.isShared) runner.start();
    },
    status: () => [
      { name: 'sqlite', state: 'ok', detail: store.file },
      indexServer.status(),
      { name: 'embedder', state: 'ok', detail: embedder.space.id },
      { name: 'generator', state: 'ok', detail: generator.name },
      {
        name: 'jobs',
        state: 'ok',
        detail: `${store.jobs.openJobs(null, MOST_JOBS_SHOWN).length} under way or waiting`,
      },
    ],
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** @throws AppError `config`, `damaged` */
export async function checkFolders({ storage, database, chroma, backup }: Config): Promise<void> {
  if (database.isDefault || chroma.directoryIsDefault || backup.directoryIsDefault) {
    // What is below it is made by us; the folder itself is somebody's mount, unless nobody named one.
    await checkFolder({
      path: storage.directory,
      what: 'data directory',
      variable: storage.variable,
      createIfMissing: storage.isDefault,
    });
  }
  if (!database.isDefault) {
    await checkFolder({
      path: dirname(database.file),
      what: 'database directory',
      variable: 'DATABASE_URL',
      createIfMissing: false,
    });
  }
  if (chroma.remote !== null) return;
  await checkFolder({
    path: chroma.directory,
    what: 'persist directory',
    variable: 'CHROMADB_PERSIST_DIRECTORY',
    createIfMissing: chroma.directoryIsDefault,
  });
}

async function agree(
  store: Store,
  { index, ready, startAfresh }: IndexServer,
  { embedder }: Engine,
  { log, gate, signal }: { readonly log: Log; readonly gate: WriteGate; readonly signal?: AbortSignal },
): Promise<void> {
  const report = await reconcile({
    store: store.knowledge,
    index,
    space: embedder.space,
    gate,
    onProgress: ({ guildId, step, done, total }) =>
      log.info(`Index of server ${guildId}: ${step} ${done} of ${total} passages`),
    ...(ready === null ? {} : { ready }),
    ...(startAfresh === null ? {} : { startAfresh }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { checked, added, removed, rebuilt, dropped } = report;
  log.info('SQLite and Chroma agree', { checked, added, removed, rebuilt: rebuilt.length, dropped });
}
