import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChromaClient } from 'chromadb';
import { createNames } from '../../src/adapters/chroma/names.ts';
import { openChromaServer } from '../../src/adapters/chroma/server.ts';
import { openKnowledgeBase, type KnowledgeBase } from '../../src/app/knowledge-base.ts';
import { parseConfig, type Config } from '../../src/config.ts';
import { createPlayground } from '../../src/playground/playground.ts';
import { cacheDirectory, createTestLog } from '../support/chroma.ts';
import { environmentOf, foldersIn, type Folders } from '../support/kill-trial.ts';
import { createWriter } from './corpus.ts';
import { createInstantEngine, space, type InstantEngine } from './engine.ts';
import { watchLoop, type LoopDelay } from './measure.ts';

/** The playground's server, which is the same after every restart. */
export const guildId = [...createPlayground({ foundedAtMs: Date.UTC(2026, 0, 1) }).world.guilds.keys()][0] ?? '';

export const surroundings = { log: createTestLog(), clock: Date.now, random: Math.random };
const sectionsPerDocument = 100;

/** A temporary place with a database and an index, gone when it is disposed of. */
export function createPlace(): Folders & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'nescordbot-bench-'));
  return { ...foldersIn(folder), [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Stage extends AsyncDisposable {
  readonly config: Config;
  readonly engine: InstantEngine;
  readonly knowledge: KnowledgeBase;
  /** Chroma's own client, on the server that the knowledge base uses. */
  readonly bare: ChromaClient;
  readonly collectionName: string;
}

/** The knowledge base as production opens it, on a Chroma server that a bare client can reach as well. */
export async function openStage(place: Folders): Promise<Stage> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(
    await openChromaServer({ directory: place.chroma, cacheDirectory, log: surroundings.log }),
  );
  const { host, port } = server.endpoint();
  const config = parseConfig({ ...environmentOf(place), CHROMA_URL: `http://${host}:${port}` });
  const engine = createInstantEngine();
  const knowledge = opening.use(await openKnowledgeBase(config, { ...surroundings, engine }));
  const opened = opening.move();
  return {
    config,
    engine,
    knowledge,
    bare: new ChromaClient({ host, port, ssl: false }),
    collectionName: createNames(config.chroma.collectionPrefix).nameOf({ guildId, space }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

export interface Lesson {
  readonly chunks: number;
  readonly seconds: number;
  readonly loop: LoopDelay;
}

/** Teaches a generated corpus and waits until all of it is ready. */
export async function teachCorpus({ knowledge }: Stage, chunks: number): Promise<Lesson> {
  const { library } = knowledge;
  const writer = createWriter(chunks);
  const texts = Array.from({ length: Math.ceil(chunks / sectionsPerDocument) }, (_, at) => {
    const title = `Volume ${at + 1}`;
    return { title, text: writer.document(title, Math.min(sectionsPerDocument, chunks - at * sectionsPerDocument)) };
  });
  const loop = watchLoop();
  const startedAt = performance.now();
  const jobs = texts.map(({ title, text }) => {
    const content = Buffer.from(text);
    return library.add({ guildId, title, name: `${title}.md`, content, addedBy: 'bench' }).job;
  });
  await Promise.all(jobs.flatMap((job) => (job === null ? [] : [done(knowledge, job.id)])));
  const seconds = (performance.now() - startedAt) / 1000;
  return { chunks: library.status(guildId).chunks, seconds, loop: loop() };
}

function done({ library }: KnowledgeBase, jobId: number): Promise<void> {
  return new Promise((resolve, reject) => {
    library.watchJob(jobId, ({ state, failure }) => {
      if (state === 'done') resolve();
      if (state === 'failed') reject(new Error(failure ?? 'failed'));
    });
  });
}
