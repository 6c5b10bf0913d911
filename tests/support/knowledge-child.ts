/**
 * The knowledge base as production opens it, in a process of its own that a test can kill at any moment. Orders come as
 * IPC messages; each is answered after it was carried out, so that an answer to `add` means: committed.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createOfflineEmbedder } from '../../src/adapters/offline/embed.ts';
import { createOfflineGenerator } from '../../src/adapters/offline/generate.ts';
import { openKnowledgeBase } from '../../src/app/knowledge-base.ts';
import { parseConfig } from '../../src/config.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import type { Embedder } from '../../src/knowledge/ports.ts';
import { NO_ANSWER } from '../../src/knowledge/prompt.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import { createTestLog } from './chroma.ts';

export type Order =
  | { readonly do: 'add'; readonly guildId: string; readonly title: string; readonly text: string }
  | { readonly do: 'remove'; readonly guildId: string; readonly documentId: number }
  | { readonly do: 'search'; readonly guildId: string; readonly word: string }
  | { readonly do: 'settle' }
  /** Makes the server's collection anew; killed before the change in Chroma of that number, if one is given. */
  | { readonly do: 'tend'; readonly guildId: string; readonly killAt: number | null }
  | { readonly do: 'ids'; readonly guildId: string };

export type Reply =
  | { readonly order: 'ready'; readonly result?: unknown }
  | { readonly order: 'stage'; readonly stage: string }
  | { readonly order: number; readonly result: unknown }
  | { readonly order: number; readonly error: string };

/** What `search` results in. */
export interface Found {
  readonly documentIds: readonly number[];
  readonly vectors: boolean;
}

const vocabulary = { words: searchWords, common: commonWords };
/** As long as a near model takes, so that a kill can meet a document between two batches. */
const EMBEDDING_MS = 15;

function slowly(embedder: Embedder): Embedder {
  return {
    ...embedder,
    async embedDocuments(texts, signal) {
      await wait(EMBEDDING_MS);
      return embedder.embedDocuments(texts, signal);
    },
  };
}

const dimensions = Number(process.env.TEST_DIMENSIONS ?? 128);
const log = createTestLog();
const knowledge = await openKnowledgeBase(parseConfig(process.env), {
  log,
  clock: Date.now,
  random: Math.random,
  engine: {
    embedder: slowly(createOfflineEmbedder({ vocabulary, dimensions })),
    generator: createOfflineGenerator({ vocabulary, noAnswer: NO_ANSWER }),
  },
});
const { library, store, engine, indexServer } = knowledge;

/** Resolves when no job is left. */
async function settle(): Promise<null> {
  for (;;) {
    const [job] = store.jobs.openJobs(null, 1);
    if (job === undefined) return null;
    await new Promise<void>((resolve) => {
      const stop = library.watchJob(job.id, () => {
        stop();
        resolve();
      });
    });
  }
}

async function indexedIds(guildId: string): Promise<readonly number[]> {
  const ids: number[] = [];
  for await (const page of indexServer.index.ids({ guildId, space: engine.embedder.space })) ids.push(...page);
  return ids.sort((a, b) => a - b);
}

async function search(guildId: string, word: string): Promise<Found> {
  const { passages, vectors } = await library.search(guildId, word, 5);
  return { documentIds: passages.map(({ documentId }) => documentId), vectors };
}

/** Returns how many requests changed something in that; the first that asks whether the server is back counts, too. */
async function tend(guildId: string, killAt: number | null): Promise<number> {
  const { fetch } = globalThis;
  let changes = 0;
  let isRestarting = false;
  globalThis.fetch = async (...given) => {
    const { pathname } = new URL(given[0] instanceof Request ? given[0].url : given[0]);
    const asksWhetherBack = pathname.endsWith('/heartbeat');
    const isRead = asksWhetherBack
      ? isRestarting
      : /\/(query|get|count)$/.test(pathname) || methodOf(...given) === 'GET';
    if (!isRead) changes += 1;
    isRestarting ||= asksWhetherBack;
    if (!isRead && changes === killAt) process.kill(process.pid, 'SIGKILL');
    return fetch(...given);
  };
  store.knowledge.markCollectionStale(guildId);
  await knowledge.indexUpkeep.look((work) => work(new AbortController().signal));
  await knowledge.indexUpkeep.settled();
  globalThis.fetch = fetch;
  return changes;
}

const methodOf = (...[input, init]: Parameters<typeof fetch>) =>
  init?.method ?? (input instanceof Request ? input.method : 'GET');

async function carryOut(order: Order): Promise<unknown> {
  if (order.do === 'settle') return settle();
  if (order.do === 'tend') return tend(order.guildId, order.killAt);
  const { guildId } = order;
  if (order.do === 'search') return search(guildId, order.word);
  if (order.do === 'ids') return indexedIds(guildId);
  if (order.do === 'remove') return library.remove(guildId, order.documentId).id;
  const { title, text } = order;
  return library.add({ guildId, title, name: `${title}.md`, content: Buffer.from(text), addedBy: 'u1' }).document.id;
}

process.on('message', ({ id, order }: { readonly id: number; readonly order: Order }) => {
  carryOut(order).then(
    (result) => process.send?.({ order: id, result } satisfies Reply),
    (error: unknown) =>
      process.send?.({ order: id, error: `${String(error)}\n${log.lines.join('\n')}` } satisfies Reply),
  );
});
// Without its parent it has nobody to work for.
process.on('disconnect', () => process.exit(0));
process.send?.({ order: 'ready' } satisfies Reply);
