import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { environmentOf, type Folders } from '../support/kill-trial.ts';
import type { BackedUp, Lived, Order, Restored } from './backup-bot.ts';
import { prepareData } from './backup-data.ts';
import { rivalsIn, type Rival } from './backup-rivals.ts';
import { percentile } from './measure.ts';
import { ms, type Row } from './report.ts';
import { createPlace } from './stage.ts';

const wholeTarget = 1.2;
const answersTarget = 2;
const pauseTargetMsPerGb = 2_000;
const loopTargetMs = 50;
const memoryTargetMb = 200;
const aliveMs = 10_000;
const busyBackups = 3;
const GB = 1e9;

const restoreParts = {
  unpackedMs: 'restore: verified and unpacked',
  wholeMs: 'restore: all of it, safety backup included',
};

const median = (values: readonly number[]) => percentile(values, 0.5);
const seconds = (value: number) => `${(value / 1_000).toFixed(2)} s`;

async function startBot(place: Folders) {
  const child = fork(fileURLToPath(new URL('backup-bot.ts', import.meta.url)), [], {
    env: environmentOf(place),
    execArgv: ['--max-semi-space-size=2'], // as `npm start`
  });
  const exited = once(child, 'exit');
  async function reply<T>(): Promise<T> {
    const [message] = (await Promise.race([
      once(child, 'message'),
      exited.then(() => [{ error: 'The bot ended.' }]),
    ])) as [{ result: T } | { error: string }];
    if ('error' in message) throw new Error(message.error);
    return message.result;
  }
  await reply();
  return {
    async order<T>(order: Order): Promise<T> {
      child.send(order);
      return reply<T>();
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.send({ do: 'close' } satisfies Order);
      await exited;
    },
  };
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

export interface BackupBench {
  readonly sizeBytes: number;
  readonly rounds: number;
}

/** Backups of a bot with that much knowledge, beside what else one could use on the same files, in turns. */
export async function measureBackup({ sizeBytes, rounds }: BackupBench): Promise<Row[]> {
  const { folder: data, passages } = await prepareData(sizeBytes);
  using place = createPlace();
  const around = dirname(place.database);
  cpSync(join(data, 'bot.db'), place.database);
  cpSync(join(data, 'chroma'), place.chroma, { recursive: true });
  const rivals = rivalsIn(around);
  const [tar, restic] = rivals;
  await using bot = await startBot(place);

  const alone: BackedUp[] = [];
  const theirs = new Map<Rival, number[]>(rivals.map((rival) => [rival, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const rival of rivals) if (rival.version !== null) theirs.get(rival)?.push(await rival.save(data));
    alone.push(await bot.order<BackedUp>({ do: 'backup', amongPeople: false }));
  }
  // What was written until here would go to the disk meanwhile, and be taken for what the bot does.
  await promisify(execFile)('sync');
  const quiet = await bot.order<Lived>({ do: 'live', ms: aliveMs });
  const busy: BackedUp[] = [];
  for (let at = 0; at < busyBackups; at += 1) busy.push(await bot.order<BackedUp>({ do: 'backup', amongPeople: true }));
  const restored = await bot.order<Restored>({ do: 'restore', name: busy.at(-1)?.name ?? '' });
  let resticRestore: number | null = null;
  if (restic.version !== null) {
    const into = join(around, 'restic-restored');
    mkdirSync(into);
    resticRestore = (await restic.restore?.(into)) ?? null;
    rmSync(into, { recursive: true });
  }

  const gb = sizeOf(data) / GB;
  const whole = alone.map(({ wholeMs }) => wholeMs);
  /** By round, as the machine's speed changes. */
  const ratios = (rival: Rival, ours: readonly number[]) =>
    (theirs.get(rival) ?? []).map((taken, round) => (ours[round] ?? Number.NaN) / taken);
  const beside = (rival: Rival, ours: readonly number[]) =>
    rival.version === null
      ? `${rival.name} is not installed`
      : `${rival.name} (${rival.version}) ${seconds(median(theirs.get(rival) ?? []))}: ${median(ratios(rival, ours)).toFixed(2)} × (${ratios(
          rival,
          ours,
        )
          .map((ratio) => ratio.toFixed(2))
          .join(' ')})`;
  const against = (what: string, ours: readonly number[], rival: Rival, limit: number): Row => {
    const ratio = median(ratios(rival, ours));
    const row = { what, measured: seconds(median(ours)), beside: beside(rival, ours) };
    return rival.version === null ? row : { ...row, target: `≤ ${limit} ×`, met: ratio <= limit };
  };
  const busyAnswers = busy.flatMap(({ answersMs }) => answersMs);
  const answersRatio = percentile(busyAnswers, 0.99) / percentile(quiet.answersMs, 0.99);
  const longestLoop = Math.max(...busy.map(({ loop }) => loop.longestMs));
  const gateMs = Math.max(...[...alone, ...busy].map((one) => one.gateMs));
  const extraMb = [...alone, ...busy].map(({ peakRssMb, idleRssMb }) => peakRssMb - idleRssMb);
  const name = `${gb.toFixed(2)} GB, ${passages.toLocaleString('en')} passages`;
  const packed = (alone[0]?.archiveBytes ?? 0) / GB;
  return [
    { what: `archive of ${name}`, measured: `${packed.toFixed(2)} GB`, beside: `${rounds} rounds; medians` },
    against('whole backup, verified', whole, tar, wholeTarget),
    ...rivals.slice(1).map((rival) => against('whole backup, verified', whole, rival, 1)),
    ...(['unpackedMs', 'wholeMs'] as const).map((until) => ({
      what: restoreParts[until],
      measured: seconds(restored[until]),
      beside:
        resticRestore === null
          ? 'restic is not installed'
          : `restic restore ${seconds(resticRestore)}: ${(restored[until] / resticRestore).toFixed(2)} ×`,
    })),
    { what: 'people kept out meanwhile', measured: ms(restored.waitedMs) },
    {
      what: 'writers of the index kept waiting, longest',
      measured: ms(gateMs),
      beside: `${ms(gateMs / gb)} a GB`,
      target: `≤ ${pauseTargetMsPerGb} ms a GB`,
      met: gateMs / gb <= pauseTargetMsPerGb,
    },
    {
      what: 'teaching while a backup is made, slowest',
      measured: ms(Math.max(...busy.flatMap(({ writesMs }) => writesMs))),
      beside: `idle ${ms(Math.max(...quiet.writesMs))}`,
    },
    {
      what: `answers while a backup is made, p99 of ${busyAnswers.length}`,
      measured: ms(percentile(busyAnswers, 0.99)),
      beside: `idle ${ms(percentile(quiet.answersMs, 0.99))}: ${answersRatio.toFixed(2)} ×; p50 ${ms(median(busyAnswers))}, idle ${ms(median(quiet.answersMs))}; slowest ${ms(Math.max(...busyAnswers))}`,
      target: `≤ ${answersTarget} ×`,
      met: answersRatio <= answersTarget,
    },
    {
      what: 'longest event loop delay while a backup is made',
      measured: ms(longestLoop),
      beside: `idle ${ms(quiet.loop.longestMs)}`,
      target: `≤ ${loopTargetMs} ms`,
      met: longestLoop <= loopTargetMs,
    },
    {
      what: 'extra memory, peak over idle',
      measured: `${Math.max(...extraMb).toFixed(0)} MB`,
      beside: `median ${median(extraMb).toFixed(0)} MB`,
      target: `≤ ${memoryTargetMb} MB`,
      met: Math.max(...extraMb) <= memoryTargetMb,
    },
  ];
}
