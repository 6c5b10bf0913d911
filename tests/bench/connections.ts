import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { percentile, timed } from './measure.ts';
import { ms, type Row } from './report.ts';
import { start } from './start.ts';
import type { Folders } from '../support/kill-trial.ts';

const IDLE = 1_200;
const USERS = 300;
const FILL_MS = 3_000;
const HEALTH_TARGET_MS = 1_000;

/** Each on a connection of its own, as different users of one proxy are. */
async function statusOf(port: number, path: string): Promise<number> {
  const sent = request({ port, host: '127.0.0.1', path, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode ?? 0;
}

/** So many connections that send nothing; those that are closed are opened again once a second. Returns the way to end them. */
async function holdIdle(port: number, count: number): Promise<() => void> {
  const sockets = new Set<Socket>();
  const fill = async (): Promise<void> => {
    while (sockets.size < count) {
      const socket = connect(port, '127.0.0.1');
      sockets.add(socket);
      socket.on('error', () => undefined); // being closed is what is measured
      socket.on('close', () => sockets.delete(socket));
      await once(socket, 'connect');
    }
  };
  await Promise.race([fill(), wait(FILL_MS)]); // fewer are held, where more are not taken
  const timer = setInterval(() => void fill().catch(() => undefined), 1_000);
  return () => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  };
}

/** How long a health check takes while one address holds more idle connections than there are places. */
export async function measureConnections(place: Folders, checks: number): Promise<Row[]> {
  const bot = await start(place);
  try {
    const alone = await measured(bot.port, checks);
    const release = await holdIdle(bot.port, IDLE);
    const answers = Promise.all(Array.from({ length: USERS }, () => statusOf(bot.port, '/').catch(() => 0)));
    const crowded = await measured(bot.port, checks);
    const served = (await answers).filter((status) => status === 200).length;
    release();
    return [
      {
        what: `/healthz under ${IDLE.toLocaleString('en')} idle connections, p99 of ${checks}`,
        measured: ms(percentile(crowded, 0.99)),
        beside: `${ms(percentile(alone, 0.99))} without them`,
        target: `≤ ${HEALTH_TARGET_MS} ms`,
        met: percentile(crowded, 0.99) <= HEALTH_TARGET_MS,
      },
      {
        what: `users of the same address who are served meanwhile, of ${USERS}`,
        measured: String(served),
        target: String(USERS),
        met: served === USERS,
      },
    ];
  } finally {
    await bot.stop();
  }
}

async function measured(port: number, checks: number): Promise<number[]> {
  const times: number[] = [];
  for (let check = 0; check < checks; check += 1)
    times.push(await timed(() => statusOf(port, '/healthz')).catch(() => Infinity));
  return times;
}
