/**
 * The knowledge base as production opens it, in a process of its own, whose documents come and go. Time is what it is told;
 * somebody asks all the while.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openKnowledgeBase } from '../../src/app/knowledge-base.ts';
import { parseConfig } from '../../src/config.ts';
import { createTestLog } from './chroma.ts';
import { PASSAGES_PER_DOCUMENT, type Sample, type Turn } from './churn-model.ts';
import { ended } from './knowledge-parts.ts';
import type { Reply } from './knowledge-child.ts';

const GUILD = '100000000000000001';
const UNDO_MS = 20 * 60_000;

const config = parseConfig(process.env);
const log = createTestLog();
const time = { now: Date.now() };
const base = await openKnowledgeBase(config, { log, clock: () => time.now, random: Math.random });
const { library, store, runner } = base;
let taught = 0;

/** As many passages as the document has sections, no two alike. */
function text(document: number): string {
  const sections = Array.from({ length: PASSAGES_PER_DOCUMENT }, (_, at) => {
    const words = Array.from({ length: 40 }, (__, word) => `w${(document * 31 + at * 17 + word * word * 7) % 4_001}`);
    return `## Part ${at} of volume${document}\n\nvolume${document} part${at}: ${words.join(' ')}.`;
  });
  return `# Volume ${document}\n\n${sections.join('\n\n')}\n`;
}

async function settled(): Promise<void> {
  for (;;) {
    const due = store.jobs.nextJobAt();
    const isAtWork = (['ingest', 'purge'] as const).some((kind) => store.jobs.countOpen(kind) > 0);
    if (!isAtWork) return;
    if (due !== null && due > time.now) time.now = due;
    runner.wake();
    await wait(5);
  }
}

async function turn({ add, remove, questions }: Turn): Promise<Sample> {
  const over = new AbortController();
  const asking = ask(questions, over.signal);
  for (let at = 0; at < add; at += 1) {
    taught += 1;
    const title = `Volume ${taught}`;
    const content = Buffer.from(text(taught));
    const { job } = library.add({ guildId: GUILD, title, name: `${title}.md`, content, addedBy: 'u1' });
    await ended(library, job);
  }
  const { total } = store.knowledge.documents(GUILD, { offset: 0, limit: 1 });
  const oldest = store.knowledge.documents(GUILD, { offset: Math.max(0, total - remove), limit: remove }).items;
  for (const { id } of oldest) library.remove(GUILD, id);
  time.now += UNDO_MS;
  await settled();
  await tend();
  over.abort();
  const askedMs = await asking;
  log.lines.splice(0, log.lines.length - 30); // what the test keeps is not the bot's
  collectGarbage(); // what nobody holds any more is a matter of chance
  store.people.emptyLog();
  const files = [config.database.file, `${config.database.file}-wal`];
  return {
    passages: store.knowledge.totals().chunks,
    databaseBytes: files.reduce((sum, file) => sum + sizeOf(file), 0),
    indexBytes: sizeBelow(config.chroma.directory),
    botBytes: memoryOf(process.pid),
    heapBytes: process.memoryUsage().heapUsed,
    chromaBytes: memoryOf(base.indexServer.pid() ?? 0),
    askedMs,
  };
}

/** What the bot's looks do once a minute. */
async function tend(): Promise<void> {
  await base.indexWatch.look();
  await base.indexUpkeep.look((work) => work(new AbortController().signal));
  await base.indexUpkeep.settled();
  while (store.shrink()) await wait(0);
}

async function ask(least: number, signal: AbortSignal): Promise<number[]> {
  const took: number[] = [];
  while (!signal.aborted || took.length < least) {
    const from = performance.now();
    const about = Math.max(1, taught - Math.floor(Math.random() * 30));
    await library.search(GUILD, `What is in part ${took.length % PASSAGES_PER_DOCUMENT} of volume${about}?`, 5);
    took.push(performance.now() - from);
    await wait(20);
  }
  return took;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function sizeBelow(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.map((name) => join(folder, name)).reduce((sum, file) => sum + sizeOf(file), 0);
}

function memoryOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // where the system does not tell
  }
}

process.on('message', ({ id, order }: { readonly id: number; readonly order: Turn }) => {
  turn(order).then(
    (result) => process.send?.({ order: id, result } satisfies Reply),
    (error: unknown) =>
      process.send?.({ order: id, error: `${String(error)}\n${log.lines.slice(-30).join('\n')}` } satisfies Reply),
  );
});
process.on('disconnect', () => {
  void Promise.resolve(base[Symbol.asyncDispose]()).finally(() => process.exit(0));
});
process.send?.({ order: 'ready', result: dirname(config.database.file) } satisfies Reply);
