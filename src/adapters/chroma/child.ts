import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endingWithUs, releaseAtExit } from './guard.ts';

export interface ChromaChild {
  readonly pid: number;
  readonly port: number;
  /** Settles when the process has ended. */
  readonly exited: Promise<Exit>;
  /** False while it has not said that the port is its own: another server may be the one that answers there. */
  hasPort(): boolean;
  /** SIGINT, then SIGKILL: SIGTERM makes Chroma hang. */
  stop(): Promise<void>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines it wrote. */
  readonly output: string;
}

export interface ChildOptions {
  readonly directory: string;
  /** What goes before the program: the loader of a newer glibc. */
  readonly prefix: readonly string[];
  readonly log: { debug(message: string): void };
  readonly stopTimeoutMs: number;
  /** A port that nobody listens on. */
  readonly choosePort?: () => Promise<number>;
}

const heartbeatMs = 20;
const answersWithinMs = 2_000;
/** Its JavaScript does nothing but start the server: 10 MB less, measured with one malloc arena. */
const smallHeap = ['--max-semi-space-size=1', '--optimize-for-size'];

/** Starts Chroma on a free loopback port; it may yet fail. */
export async function startChild(options: ChildOptions): Promise<ChromaChild> {
  const { directory, prefix, log, stopTimeoutMs, choosePort = freePort } = options;
  const port = await choosePort();
  const cli = fileURLToPath(new URL('cli.mjs', import.meta.resolve('chromadb')));
  const chroma = [
    process.execPath,
    ...smallHeap,
    cli,
    'run',
    '--path',
    directory,
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
  ];
  const [command, ...args] = endingWithUs([...prefix, ...chroma]);
  // None of our environment: it holds secrets, and CHROMA_* would be read.
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true, // Ctrl+C is for us: we stop it when the last write is done
    env: { MALLOC_ARENA_MAX: '1', ANONYMIZED_TELEMETRY: 'False', NO_COLOR: '1', RUST_LOG: 'warn' },
  });
  const last: string[] = [];
  let hasPort = false;
  for (const stream of [child.stdout, child.stderr].filter((each) => each !== null))
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() === '' || line.includes('\u001b[38;5;')) return; // its logo
      log.debug(`chroma: ${line.trim()}`);
      last.push(line.trim());
      // With a busy port this is its only line, and it exits with code 0.
      hasPort = !/^Address \S+ is not available/.test(line.trim());
      if (last.length > 12) last.shift();
    });
  releaseAtExit(child);
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, output: error.message }));
    child.once('close', (code, signal) => resolve({ code, signal, output: last.join('\n') }));
  });
  return {
    pid: child.pid ?? 0,
    port,
    exited,
    hasPort: () => hasPort,
    async stop() {
      child.kill('SIGINT');
      const late = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await exited;
      clearTimeout(late);
    },
  };
}

/** Resolves when the server answers; to what it said if it ended instead; to null when it did neither in time. */
export async function untilReady(child: ChromaChild, timeoutMs: number): Promise<'ready' | Exit | null> {
  const deadline = Date.now() + timeoutMs;
  let exit: Exit | null = null;
  void child.exited.then((value) => (exit = value));
  while (Date.now() < deadline) {
    if (exit !== null) return exit;
    if ((await answers(child, answersWithinMs)) && exit === null && child.hasPort()) return 'ready';
    await wait(heartbeatMs);
  }
  return null;
}

/** Whether anything on its port answers. */
export const answers = ({ port }: ChromaChild, withinMs: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/api/v2/heartbeat`, { signal: AbortSignal.timeout(withinMs) })
    .then(async (response) => (await response.text()) !== '' && response.ok) // read, so that the connection is free again
    .catch(() => false);

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was assigned');
  return address.port;
}
