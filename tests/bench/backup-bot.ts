/** The bot in a process of its own, with people who ask and teach; `backup.ts` orders and measures. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { createJobThreads } from '../../src/adapters/threads/job-threads.ts';
import { createDatabaseFiles } from '../../src/adapters/sqlite/files.ts';
import { openBackups } from '../../src/app/backups.ts';
import { openPremises } from '../../src/app/premises.ts';
import { parseConfig } from '../../src/config.ts';
import type { KnowledgeBase } from '../../src/app/knowledge-base.ts';
import { createWriteGate } from '../../src/knowledge/write-gate.ts';
import { createInstantEngine } from './engine.ts';
import { watchLoop, type LoopDelay } from './measure.ts';
import { prepareQuestions } from './questions.ts';
import { guildId, surroundings } from './stage.ts';

export type Order =
  | { readonly do: 'live'; readonly ms: number }
  | { readonly do: 'backup'; readonly amongPeople: boolean }
  | { readonly do: 'restore'; readonly name: string }
  | { readonly do: 'close' };

/** How people fared. */
export interface Lived {
  readonly answersMs: readonly number[];
  readonly writesMs: readonly number[];
  readonly loop: LoopDelay;
}

export interface BackedUp extends Lived {
  readonly name: string;
  readonly wholeMs: number;
  readonly gateMs: number;
  readonly archiveBytes: number;
  readonly idleRssMb: number;
  readonly peakRssMb: number;
}

export interface Restored {
  readonly wholeMs: number;
  /** Until every byte was verified and lay unpacked on the disk. */
  readonly unpackedMs: number;
  /** How long people were kept out. */
  readonly waitedMs: number;
}

const askEveryMs = 25;
const teachEveryMs = 100;
const by = { id: 'bench', name: 'bench' };

const engine = createInstantEngine();
const config = parseConfig(process.env);
const gate = createWriteGate();
const threads = createJobThreads({ workerFile: new URL('../../src/backup-worker.ts', import.meta.url) });
const files = createDatabaseFiles(threads);
await using premises = await openPremises(config, { ...surroundings, engine, gate, files });
let knowledge = await premises.open();
await using backups = await openBackups(config, { ...surroundings, premises, threads, gate, engine: () => engine });
const questions = prepareQuestions({ knowledge, engine }, 400);

async function ask(knowledgeNow: KnowledgeBase, question: string): Promise<void> {
  const about = { guildId, channelId: '1', userId: '2', locale: 'en' as const, conversation: [] };
  for await (const event of knowledgeNow.answers.ask({ ...about, question }))
    if (event.kind === 'final' && event.answer.rung !== 'full') throw new Error(`“${question}”: ${event.answer.rung}`);
}

let taught = 0;
async function teach({ library }: KnowledgeBase): Promise<void> {
  const title = `Note ${process.pid} ${(taught += 1)}`;
  const content = Buffer.from(`# ${title}\n\nWhat ${title} says is short.\n`);
  const { job } = library.add({ guildId, title, name: `${title}.md`, content, addedBy: 'bench' });
  if (job === null) return;
  await new Promise<void>((resolve, reject) =>
    library.watchJob(job.id, ({ state }) => {
      if (state === 'done') resolve();
      if (state === 'failed') reject(new Error(`${title} failed`));
    }),
  );
}

/** At set times, whether or not the last one is done: a pause is felt by everybody who comes during it. */
async function repeatedly(everyMs: number, stop: AbortSignal, work: (at: number) => Promise<void>): Promise<number[]> {
  const durations: number[] = [];
  const running: Promise<void>[] = [];
  for (let at = 0; !stop.aborted; at += 1) {
    const startedAt = performance.now();
    running.push(work(at).then(() => void durations.push(performance.now() - startedAt)));
    await wait(everyMs);
  }
  await Promise.all(running);
  return durations;
}

async function amongPeople<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly lived: Lived }> {
  const stop = new AbortController();
  const loop = watchLoop();
  const asking = repeatedly(askEveryMs, stop.signal, (at) =>
    ask(knowledge, questions[at % questions.length]?.text ?? ''),
  );
  const teaching = repeatedly(teachEveryMs, stop.signal, () => teach(knowledge));
  const result = await work().finally(() => stop.abort());
  const [answersMs, writesMs] = await Promise.all([asking, teaching]);
  return { result, lived: { answersMs, writesMs, loop: loop() } };
}

function rssMb(field: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}

async function backup(alone: boolean): Promise<BackedUp> {
  const idleRssMb = rssMb('VmRSS');
  writeFileSync('/proc/self/clear_refs', '5'); // the peak begins anew
  const startedAt = performance.now();
  let wholeMs = 0;
  const create = async () => {
    const { entry } = await backups.manager.create({ kind: 'manual', reason: null, by });
    wholeMs = performance.now() - startedAt;
    return entry;
  };
  const { result: entry, lived } = alone
    ? { result: await create(), lived: { answersMs: [], writesMs: [], loop: { longestMs: 0, p99Ms: 0 } } }
    : await amongPeople(create);
  return {
    ...lived,
    name: entry.name,
    wholeMs,
    gateMs: entry.sidecar?.manifest.gateMs ?? Number.NaN,
    archiveBytes: entry.sizeBytes,
    idleRssMb,
    peakRssMb: rssMb('VmHWM'),
  };
}

async function obey(order: Order): Promise<Lived | BackedUp | Restored> {
  if (order.do === 'live') return (await amongPeople(() => wait(order.ms))).lived;
  if (order.do === 'backup') return backup(!order.amongPeople);
  if (order.do === 'restore') {
    const startedAt = performance.now();
    let unpackedMs = Number.NaN;
    const { waitedMs } = await backups.manager.restore(order.name, by, {
      onProgress({ stage }) {
        if (stage === 'saving') unpackedMs = performance.now() - startedAt;
      },
    });
    knowledge = premises.knowledge();
    return { wholeMs: performance.now() - startedAt, unpackedMs, waitedMs };
  }
  throw new Error('There is no such order.');
}

const closed = Promise.withResolvers<void>();
process.on('message', (order: Order) => {
  if (order.do === 'close') return closed.resolve();
  obey(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.send?.({ result: null });
await closed.promise;
process.disconnect();
