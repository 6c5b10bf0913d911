import { access, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { counted } from '../../counted.ts';
import { AppError } from '../../errors.ts';
import { freePort, startChild, untilReady, type ChromaChild, type Exit } from './child.ts';
import { localEndpoint, type ChromaConnection } from './connection.ts';
import { openGlibc } from './glibc.ts';
import { openGround, type GroundOptions } from './ground.ts';
import { endOrphans, recordChild, recordName } from './orphan.ts';
import { createPause } from './pause.ts';
import { setAside } from './set-aside.ts';
import { createSilence } from './silence.ts';
import { ending, isDamage, notStarted, StartFailure } from './start-failure.ts';
import { tidyChroma } from './tidy.ts';

export { findRunningServer } from './running.ts';

export interface ChromaLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

export interface ChromaServerOptions {
  readonly directory: string;
  /** For a newer glibc where the host's is too old. */
  readonly cacheDirectory: string;
  readonly log: ChromaLog;
  readonly readyTimeoutMs?: number;
  readonly stopTimeoutMs?: number;
  readonly choosePort?: () => Promise<number>;
  /** Takes the directory's lock, or waits for who has it; without it, a directory in use is refused at once. */
  readonly patience?: GroundOptions['patience'];
  /** How often it is looked at, and how soon it has to answer then. */
  readonly lookEveryMs?: number;
  /** The wait before restart number `attempt` (from 0) in a row. */
  readonly backOffMs?: (attempt: number) => number;
}

export type ChromaState = 'starting' | 'ok' | 'down';

export interface ChromaServer extends ChromaConnection, AsyncDisposable {
  state(): { readonly state: ChromaState; readonly detail: string };
  /** Resolves when the server answers. @throws AppError `unavailable` after the time-out or once closed */
  ready(timeoutMs: number): Promise<void>;
  /** Sets aside all that the directory holds and serves it empty. @throws AppError `unavailable` */
  startAfresh(): Promise<void>;
  /**
   * Ends the server, removes what deleted collections left on the disk, and starts it again, which is also how it gives
   * back their memory. Requests wait meanwhile. False where not all of that could be done.
   * @throws AppError `unavailable`
   */
  restart(): Promise<boolean>;
  /** Of the server's process; null while there is none. */
  pid(): number | null;
  /** How often it ended by itself and was started again. */
  restarts(): number;
  close(): Promise<void>;
}

const portAttempts = 5;
/** Those who ask wait for it. */
const restartWithinMs = 2_000;
const answersWithinMs = 2_000;
/** A server that has served this long has recovered: the next failure is a first one again. */
const steadyMs = 60_000;
const defaultBackOffMs = (attempt: number) => Math.min(30_000, 100 * 2 ** attempt);

/**
 * Starts Chroma as a child process on a directory that is ours alone, restarts it when it ends unexpectedly, stops it on
 * close. A directory on which it cannot start is set aside, as the index can be rebuilt from SQLite.
 * @throws AppError `conflict` (directory in use), `config` (directory or glibc), `unavailable` (it does not start)
 */
export async function openChromaServer(options: ChromaServerOptions): Promise<ChromaServer> {
  const { log, readyTimeoutMs = 60_000, stopTimeoutMs = 5_000, backOffMs = defaultBackOffMs } = options;
  const { lookEveryMs = 2_000 } = options;
  await mkdir(options.directory, { recursive: true });
  const directory = await realpath(options.directory);
  await using opening = new AsyncDisposableStack();
  const { patience = async (_place, take) => take() } = options;
  const ground = opening.use(await openGround(directory, { patience, log }));
  const record = join(directory, recordName);
  for (const orphan of await endOrphans(record, directory)) {
    log.warn(`Ended a Chroma server (pid ${orphan}) that an earlier run had left on ${directory}`);
  }
  const prefix = await openGlibc({ cacheDirectory: options.cacheDirectory, log });

  const stopping = new AbortController();
  let child: ChromaChild | null = null;
  let launching: ChromaChild | null = null;
  let state: ChromaState = 'starting';
  let detail = 'starting';
  /** What is done while it is stopped on purpose, before it is started again. */
  let errand: (() => Promise<void>) | null = null;
  let isRestarting = false;
  /** Why the server was stopped where it could not go on with what it had open. */
  let parted: string | null = null;
  let restarts = 0;
  const pause = createPause();

  async function welcome(next: ChromaChild): Promise<'ready' | Exit | null> {
    await recordChild(record, next.pid, next.port);
    if (stopping.signal.aborted) await next.stop();
    return untilReady(next, readyTimeoutMs);
  }

  async function launch(): Promise<void> {
    ground.assertOurs();
    for (let attempt = 1; ; attempt += 1) {
      const next = await startChild({
        directory,
        prefix,
        log,
        stopTimeoutMs,
        choosePort: options.choosePort ?? freePort,
      });
      launching = next;
      const outcome = await welcome(next).catch(async (error: unknown) => {
        await next.stop(); // one that nobody knows of would serve the directory beside the next one
        throw error;
      });
      launching = null;
      if (outcome === 'ready') {
        child = next;
        ground.note();
        [state, detail] = ['ok', directory];
        return;
      }
      if (outcome === null) await next.stop();
      // With a busy port it exits with code 0: somebody took it between our choice and its start.
      if (outcome?.code !== 0 || attempt === portAttempts || stopping.signal.aborted)
        throw notStarted(directory, outcome, readyTimeoutMs);
    }
  }

  async function moveAway(why: string): Promise<void> {
    const place = await setAside(directory, new Date());
    log.warn(`The index in ${directory} was moved to ${place} (${why}); it is rebuilt from SQLite`);
  }

  /** What cannot be tidied up takes room, and is no reason not to serve. */
  async function tidy(thoroughly: boolean): Promise<boolean> {
    try {
      const { segments, isCompacted } = await tidyChroma(directory, thoroughly);
      if (segments > 0) log.info(`Removed ${counted(segments, 'folder')} of deleted collections from ${directory}`);
      if (isCompacted) log.debug(`Compacted Chroma's database in ${directory}`);
      return true;
    } catch (error) {
      log.warn(`What deleted collections left in ${directory} could not be removed: ${String(error)}`);
      return false;
    }
  }

  async function stopFor(next: () => Promise<void>, why: string): Promise<void> {
    errand = next;
    [state, detail] = ['starting', why];
    await child?.stop();
    await ready(readyTimeoutMs);
    errand = null; // where it had just ended by itself, it was started again without
  }

  async function restart(): Promise<boolean> {
    let isTidy = false;
    const work = async () => void (isTidy = await tidy(true));
    isRestarting = true;
    try {
      await pause.alone(restartWithinMs, () => stopFor(work, 'being restarted'));
      return isTidy;
    } finally {
      isRestarting = false;
    }
  }

  async function supervise(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const served = Date.now();
      const exit = await child?.exited;
      child = null;
      if (stopping.signal.aborted) return;
      if (Date.now() - served > steadyMs) failures = 0;
      const wanted = errand;
      errand = null;
      if (wanted === null) {
        const isUnexpected = exit !== undefined && parted === null;
        if (isUnexpected) log.warn(`Chroma ended unexpectedly (${ending(exit)}); restarting it`);
        [state, detail] = ['down', isUnexpected ? `ended unexpectedly (${ending(exit)}), restarting` : detail];
        await wait(backOffMs(failures), undefined, { signal: stopping.signal }).catch(() => undefined);
      }
      parted = null;
      if (stopping.signal.aborted) return;
      if (wanted === null) [failures, restarts] = [failures + 1, restarts + 1];
      state = 'starting';
      await (wanted === null ? launch() : wanted().then(launch)).then(
        () => log[wanted === null ? 'info' : 'debug']('Chroma is back'),
        (error: unknown) => {
          [state, detail] = ['down', error instanceof Error ? error.message : String(error)];
          log.warn(`Chroma did not start again: ${detail}`);
        },
      );
    }
  }

  await tidy(false);
  await launch().catch(async (error: unknown) => {
    const exit = error instanceof StartFailure ? error.exit : null;
    if (exit === null || !isDamage(exit) || !(await holdsIndex(directory))) throw error;
    await moveAway(`Chroma cannot start on it: ${ending(exit)}`);
    await launch();
  });
  const silence = createSilence(lookEveryMs);
  async function look(): Promise<void> {
    const looked = child;
    if (looked === null || errand !== null) return;
    const trouble = ground.look() ?? (await silence.look(looked));
    if (trouble === null || parted !== null || child !== looked || errand !== null || stopping.signal.aborted) return;
    parted = trouble;
    [state, detail] = ['down', trouble];
    log.warn(`Chroma is stopped and started again: ${trouble}`);
    void looked.stop();
  }
  const watching = setInterval(() => void look(), lookEveryMs).unref();
  let supervision = supervise();
  let closing: Promise<void> | null = null;
  const held = opening.move();

  async function shutDown(): Promise<void> {
    stopping.abort();
    clearInterval(watching);
    await (child ?? launching)?.stop();
    await supervision; // a launch under way ends first …
    await child?.stop(); // … and what it launched is stopped
    [state, detail] = ['down', 'stopped'];
    await held.disposeAsync();
  }

  async function ready(timeoutMs: number): Promise<void> {
    for (const deadline = Date.now() + timeoutMs; ; await wait(10)) {
      // A server that has just crashed still counts as ok until its end is known: it has to answer.
      if (state === 'ok' && child !== null && (await untilReady(child, answersWithinMs)) === 'ready') return;
      if (Date.now() > deadline || stopping.signal.aborted)
        throw new AppError('unavailable', `Chroma is not available: ${detail}`);
    }
  }

  const close = () => (closing ??= shutDown());
  return {
    endpoint() {
      if (child === null || state !== 'ok') throw new AppError('unavailable', `Chroma is not available: ${detail}`);
      return localEndpoint(child.port);
    },
    // Whoever asks it for something waits for a moment, and need not know.
    state: () => (isRestarting && state === 'starting' ? { state: 'ok', detail: directory } : { state, detail }),
    passing: (work) => pause.passing(work),
    startAfresh: () => stopFor(() => moveAway('its database is damaged'), 'being emptied'),
    restart,
    ready,
    pid: () => child?.pid ?? null,
    restarts: () => restarts,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const holdsIndex = (directory: string) =>
  access(join(directory, 'chroma.sqlite3')).then(
    () => true,
    () => false,
  );
