import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { counted } from '../counted.ts';
import { assertText } from '../adapters/extract/decode.ts';
import { titleOf } from '../adapters/extract/title.ts';
import { openStore, type Store } from '../adapters/sqlite/open.ts';
import { createChunker } from '../adapters/threads/chunker.ts';
import { openTextPool } from '../adapters/threads/pool.ts';
import type { Config } from '../config.ts';
import { checkFolder } from '../health/folder.ts';
import type { PartStatus } from '../health/ports.ts';
import { createAnswers } from '../knowledge/answer.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import { createTeaching } from '../knowledge/ingest.ts';
import { createJobRunner, type JobRunner } from '../knowledge/jobs.ts';
import { createLibrary } from '../knowledge/library.ts';
import type { Clock } from '../knowledge/ports.ts';
import { createPurge } from '../knowledge/purge.ts';
import type { ReconcileReport } from '../knowledge/reconcile.ts';
import { queueReindex } from '../knowledge/reindex.ts';
import { createRetriever } from '../knowledge/retrieve.ts';
import { createWriteGate, type WriteGate } from '../knowledge/write-gate.ts';
import { isAppError, wordsIn, type Words } from '../errors.ts';
import type { Log } from '../log.ts';
import { createAgreement } from './agreement.ts';
import { createEngine, type Engine } from './engine.ts';
import { createIndexUpkeep, type IndexUpkeep } from './index-upkeep.ts';
import { createIndexWatch, type IndexWatch } from './index-watch.ts';
import { openIndexServer, type IndexServer } from './index-server.ts';
import { createPatience } from './patience.ts';
import { createPulse, watchedEmbedder, watchedGenerator } from './pulse.ts';
import { watchReembedding } from './reembedding.ts';

/** Where what the project brings to a machine is kept: a newer glibc, where Chroma needs one. */
const CACHE_DIRECTORY = fileURLToPath(new URL('../../.cache', import.meta.url));
const IDLE_THREAD_MS = 5_000;
const MOST_JOBS_SHOWN = 100;
const COMEBACK_MS = 5_000;
/** Where nobody has asked since, an outage of this age says nothing of now. */
const OUTAGE_TOLD_MS = 10 * 60_000;

/** Knowledge ready for use: what Discord, the shell and the tests stand on. */
export interface KnowledgeBase extends AsyncDisposable {
  readonly store: Store;
  readonly indexServer: IndexServer;
  readonly engine: Engine;
  readonly library: Library;
  readonly answers: Answers;
  readonly runner: JobRunner;
  /** Compares the index with SQLite, and puts it right. @throws AppError `busy`, `unavailable`, `damaged`, `aborted` */
  checkIndex(signal: AbortSignal): Promise<ReconcileReport>;
  /** Passages that the index had and SQLite has lost, as far as the start could tell. */
  lostPassages(): number;
  /** Whether it holds it all the time. */
  readonly indexWatch: IndexWatch;
  /** Keeps it from growing for ever. */
  readonly indexUpkeep: IndexUpkeep;
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
  /** With `besideBot`: another process has the volume, so that a remote Chroma's collections are its to write, too. */
  readonly volumeTaken?: boolean;
  /** The first wait for a remote Chroma that was down at the start. */
  readonly comebackMs?: number;
  /** True leaves the jobs where they are until `begin`: what lies there is looked at first. */
  readonly paused?: boolean;
  /** How long another process on the same volume may take to stop; 0 without it. */
  readonly lockWaitMs?: number;
  /** False while it is not certain what time it is. */
  readonly mayDeleteByAge?: () => boolean;
  /** Shared with what takes snapshots of SQLite and the index. */
  readonly gate?: WriteGate;
  /** Told that something was asked for which is not as it was stored. */
  readonly onFlaw?: () => void;
  /** Looks at what lies there before SQLite and Chroma are brought into agreement. */
  readonly inspect?: (found: Pick<KnowledgeBase, 'store' | 'indexServer'>) => Promise<void>;
}

/** Opens SQLite and Chroma, brings them into agreement and takes up the jobs that a crash left behind. */
export async function openKnowledgeBase(config: Config, surroundings: Surroundings): Promise<KnowledgeBase> {
  const { log, clock, random, signal, besideBot = false, mayDeleteByAge = () => true } = surroundings;
  await using opening = new AsyncDisposableStack();
  await checkFolders(config);
  const noticed = new Set<number>();
  const onFlaw = (documentId: number) => {
    if (noticed.has(documentId)) return;
    noticed.add(documentId);
    log.error(`Something of document ${documentId} is not as it was stored, and is not shown`);
    surroundings.onFlaw?.();
  };
  const onMended = (words: Words) => log.warn(wordsIn('en', words));
  const store = opening.use(openStore({ ...config.database, onFlaw, onMended }));
  await store.probe.probe();
  const indexServer = opening.use(
    await openIndexServer(config.chroma, {
      cacheDirectory: CACHE_DIRECTORY,
      log,
      besideBot,
      volumeTaken: surroundings.volumeTaken ?? false,
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
  const made =
    surroundings.engine ??
    createEngine(config.gemini, { pool, usage: store.usage, settings: store.settings, log, clock, random });
  /** Jobs wait for vectors: a question that gets one shows that they can be had again. */
  let onTurn = (): void => undefined;
  const pulseOf = (name: () => string) => createPulse(name, (isWell) => isWell && onTurn(), clock, OUTAGE_TOLD_MS);
  const pulses = { embedder: pulseOf(() => made.embedder.space.id), generator: pulseOf(() => made.generator.name) };
  const engine: Engine = {
    embedder: watchedEmbedder(made.embedder, pulses.embedder),
    generator: watchedGenerator(made.generator, pulses.generator),
  };
  const { embedder, generator } = engine;
  const { gate = createWriteGate() } = surroundings;
  const parts = { store: store.knowledge, jobs: store.jobs, chunker: createChunker(pool), embedder, index, gate };
  const teaching = createTeaching(parts);
  const reembedding = watchReembedding({ store: store.knowledge, jobs: store.jobs, space: embedder.space.id, log });
  const agreement = createAgreement(config.chroma, {
    store,
    indexServer,
    space: embedder.space,
    gate,
    log,
    firstWaitMs: surroundings.comebackMs ?? COMEBACK_MS,
  });
  opening.defer(() => agreement.close());
  const closing = new AbortController();
  const indexWatch = createIndexWatch({
    store: store.knowledge,
    index,
    space: embedder.space,
    gate,
    mend: (anew) => agreement.check(closing.signal, anew),
    log,
  });
  const indexUpkeep = createIndexUpkeep({
    store: store.knowledge,
    index,
    space: embedder.space,
    gate,
    local: indexServer.files,
    onSucceeded: () => indexWatch.agreed(),
    closing: closing.signal,
    clock,
    log,
  });
  opening.defer(async () => {
    closing.abort();
    await indexUpkeep.settled();
  });
  const runner = createJobRunner({
    jobs: store.jobs,
    handlers: {
      ...teaching,
      reindex: reembedding.watching(teaching.reindex),
      purge: createPurge({ ...parts, space: embedder.space, clock, mayDeleteByAge }),
    },
    isUp: () => !isLost(store) && indexServer.isUp() && !agreement.isAwaited(),
    clock,
    mayDeleteByAge,
    random,
    log: (level, message, error) => log[level](message, error === undefined ? {} : { error }),
  });
  onTurn = () => runner.goOn();
  const retriever = createRetriever({
    ...parts,
    clock,
    isLost: (guildId, foundNothing) => !indexServer.isShared && indexWatch.isLost(guildId, foundNothing),
    isRepaired: () => !indexServer.isShared && indexWatch.loss()?.isMending === true,
    onFailure(part, error, guildId) {
      if (part === 'embedder') pulses.embedder.failed(error);
      else if (!indexServer.isShared) indexWatch.failed(guildId, error);
      log.warn(`The ${part} failed, so words alone answer`, { error });
    },
  });
  const library = createLibrary({
    store: store.knowledge,
    jobs: store.jobs,
    runner,
    retriever,
    clock,
    assertText,
    titleOf,
    limitBytes: config.limits.documentBytes,
    space: embedder.space.id,
    engine: () => generator.name,
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
  function begin(): void {
    store.nameLog(!besideBot);
    runner.start();
  }
  if (!indexServer.isShared) {
    await surroundings.inspect?.({ store, indexServer });
    await agreement.reach(signal);
    const waiting = await queueReindex({ store: store.knowledge, jobs: store.jobs, clock }, embedder.space.id);
    if (waiting > 0) log.info(`To be embedded again for ${embedder.space.id}: ${counted(waiting, 'document')}`);
    opening.defer(() => runner.stop());
    if (surroundings.paused !== true) begin();
  } else store.nameLog(false);
  const opened = opening.move();
  return {
    store,
    indexServer,
    engine,
    library,
    answers,
    runner,
    async checkIndex(checkSignal) {
      const report = await agreement.check(checkSignal);
      indexWatch.agreed();
      return report;
    },
    lostPassages: () => agreement.lost(),
    indexWatch,
    indexUpkeep,
    begin() {
      if (!indexServer.isShared) begin();
    },
    status: () => [
      databaseStatus(store),
      indexWatch.statusOf(indexServer.status()),
      pulses.embedder.status('embedder'),
      { ...pulses.generator.status('generator'), notes: made.notes?.() ?? [] },
      jobsStatus(store, () => reembedding.status()),
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

/** Where nothing that is done would be kept. */
const isLost = ({ condition }: Store): boolean => isAppError(condition.trouble(), 'unavailable');

/** What is written goes into nothing, or what is read may be wrong: either way nobody should be sent here. */
function databaseStatus({ file, condition }: Store): PartStatus {
  const trouble = condition.trouble();
  if (trouble === null) return { name: 'sqlite', state: 'ok', detail: file };
  const because = { code: trouble.code, retryAt: null };
  return { name: 'sqlite', state: 'down', detail: trouble.message, words: trouble.words, failure: because };
}

function jobsStatus({ jobs }: Store, reembedding: () => Partial<PartStatus>): PartStatus {
  try {
    return {
      name: 'jobs',
      state: 'ok',
      ...openJobsInWords(jobs.openJobs(null, MOST_JOBS_SHOWN).length),
      ...reembedding(),
    };
  } catch (error) {
    // A damaged database says so itself, and must not keep the others from saying how they are.
    if (!isAppError(error)) throw error;
    return { name: 'jobs', state: 'down', detail: error.message, words: error.words };
  }
}

function openJobsInWords(open: number): Pick<PartStatus, 'detail' | 'words'> {
  const detail = `${open} under way or waiting`;
  return { detail, words: { en: detail, ja: `実行中・待機中 ${open} 件` } };
}
