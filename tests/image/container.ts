import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { writeBundle, type ContainerOptions } from './bundle.ts';
import { command } from './command.ts';
import type { Image } from './image.ts';

export interface Container extends AsyncDisposable {
  readonly origin: string;
  /** What it printed. */
  log(): string;
  /** Resolves with the milliseconds since the start once the address says yes; rejects with the log when it ends first. */
  ready(path?: string): Promise<number>;
  /** Resolves with what it prints, once it prints it; rejects with the log when it ends without. */
  says(what: RegExp): Promise<string>;
  /** Runs a program inside, as `docker exec` does. */
  exec(...args: readonly string[]): Promise<string>;
  /** SIGTERM; the code and the milliseconds that it took. */
  stop(): Promise<{ readonly code: number; readonly tookMs: number }>;
  /** Resolves with the code when it ends by itself. */
  readonly ended: Promise<number>;
}

const LONGEST_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** A new container of the image, gone with everything in it when disposed of: only volumes outlive it. */
export async function startContainer(image: Image, options: ContainerOptions = {}): Promise<Container> {
  await using opening = new AsyncDisposableStack();
  const id = `nescordbot-${randomUUID()}`;
  const bundle = await mkdtemp(join(tmpdir(), 'nescordbot-bundle-'));
  opening.defer(() => rm(bundle, { recursive: true }));
  const layers = await command('buildah', ['from', '--pull-never', image.name]);
  opening.defer(async () => void (await command('buildah', ['rm', layers])));
  const root = await command('buildah', ['mount', layers]);
  const port = await freePort();
  const environment = { ...options.environment, PORT: String(port) };
  await writeBundle(bundle, root, image, { ...options, environment });

  const startedAt = performance.now();
  const runtime = spawn('runc', ['run', '--bundle', bundle, id], { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: string[] = [];
  for (const stream of [runtime.stdout, runtime.stderr])
    stream.on('data', (data: Buffer) => printed.push(data.toString()));
  const log = (): string => printed.join('');
  const ended = once(runtime, 'close').then(([code]) => Number(code ?? -1));
  const over = { yes: false };
  void ended.finally(() => {
    over.yes = true;
  });
  opening.defer(async () => {
    if (over.yes) return;
    await command('runc', ['kill', id, 'KILL']).catch(() => undefined); // it ended meanwhile
    await ended;
  });
  const origin = `http://127.0.0.1:${port}`;
  const until = async <T>(what: string, look: () => T | null | Promise<T | null>): Promise<T> => {
    for (const deadline = performance.now() + LONGEST_MS; performance.now() < deadline; await wait(LOOK_EVERY_MS)) {
      const wasOver = over.yes;
      const found = await look();
      if (found !== null) return found;
      if (wasOver) break;
    }
    throw new Error(`Not seen of the container ${over.yes ? 'that ended' : 'in time'}: ${what}. It printed:\n${log()}`);
  };
  const opened = opening.move();
  return {
    origin,
    log,
    ended,
    async ready(path = '/readyz') {
      await until('ready', async () => {
        const response = await fetch(`${origin}${path}`).catch(() => null);
        return response?.ok === true ? true : null;
      });
      return performance.now() - startedAt;
    },
    says: (what) => until(String(what), () => what.exec(log())?.[0] ?? null),
    exec: (...args) => command('runc', ['exec', id, ...args]),
    async stop() {
      const askedAt = performance.now();
      runtime.kill('SIGTERM'); // passed on to the container's first process
      return { code: await ended, tookMs: performance.now() - askedAt };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
