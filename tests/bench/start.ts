import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../src/adapters/chroma/child.ts';
import { environmentOf, type Folders } from '../support/kill-trial.ts';
import { MAIN } from '../support/programs.ts';
import { memoryOf } from './measure.ts';
import { ms, type Row } from './report.ts';

const memoryTargetMb = 250;
const readyWithinMs = 60_000;

/** Starts the real program; the result is how long it took until it was ready, and a way to stop it. */
export async function start(place: Folders) {
  const port = await freePort();
  const startedAt = performance.now();
  const bot = spawn(process.execPath, ['--max-semi-space-size=2', MAIN], {
    cwd: dirname(place.database),
    env: { ...environmentOf(place), PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(bot, 'exit');
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (response?.ok === true) break;
    if (performance.now() - startedAt > readyWithinMs) throw new Error('The bot does not become ready.');
    await wait(5);
  }
  const readyMs = performance.now() - startedAt;
  return {
    readyMs,
    pid: bot.pid ?? 0,
    port,
    async stop() {
      bot.kill('SIGTERM');
      await exited;
    },
  };
}

/** From the start of the process to ready, and what it holds in memory once it is idle. */
export async function measureStart(place: Folders, chunks: number, idleMs: number): Promise<Row[]> {
  // The playground's first lesson, which belongs to the first start only.
  const first = await start(place);
  await wait(3_000);
  await first.stop();

  const bot = await start(place);
  await wait(idleMs);
  const processes = await memoryOf(bot.pid);
  await bot.stop();
  const rss = processes.reduce((sum, { rssMb }) => sum + rssMb, 0);
  const pss = processes.reduce((sum, { pssMb }) => sum + (pssMb ?? Number.NaN), 0);
  const each = processes.map(({ pid, rssMb }) => `${pid === bot.pid ? 'bot' : 'Chroma'} ${rssMb.toFixed(0)}`);
  const shared = Number.isNaN(pss) ? '' : `; shared pages counted once: ${pss.toFixed(0)} MB`;
  return [
    { what: `start to ready, ${chunks.toLocaleString('en')} chunks`, measured: ms(bot.readyMs) },
    {
      what: `idle RSS after ${idleMs / 1000} s`,
      measured: `${rss.toFixed(0)} MB`,
      beside: `${each.join(', ')}${shared}`,
      target: `≤ ${memoryTargetMb} MB`,
      met: rss <= memoryTargetMb,
    },
  ];
}
