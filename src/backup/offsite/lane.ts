import { mkdir } from 'node:fs/promises';
import { AppError, isAppError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Later } from '../ports.ts';
import type { AcquireLock } from '../slot.ts';
import type { SyncProgress, SyncResult } from './api.ts';
import type { Courier } from './courier.ts';
import { isDue } from './failures.ts';
import type { LedgerFile } from './ledger.ts';
import { createUnderWay } from '../under-way.ts';
import { abortedTransfer } from '../vault/failure-model.ts';

export interface LaneParts {
  readonly label: string;
  /** Of the vault, for ledger, lock and what is in the works. */
  readonly folder: string;
  /** Nothing is made beneath a volume that went away. @throws AppError `unavailable` */
  readonly assertThere: () => Promise<unknown>;
  readonly courier: Courier;
  readonly ledger: LedgerFile;
  readonly acquireLock: AcquireLock;
  readonly later: Later;
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
  /** After every round, and whenever one did not take place; never rejects. */
  readonly onRound: () => Promise<void>;
}

export interface LaneOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
  readonly sends: boolean;
}

/** Rounds at one vault, one after another, at the right times. */
export interface Lane {
  /** Something may be missing there: soon, unless a failure has to be waited for. */
  wake(): void;
  /** Now, after the round under way. @throws AppError `busy` (another process is at it), `aborted` */
  run(options: LaneOptions): Promise<SyncResult>;
  running(): SyncProgress | null;
  /** When nothing is under way any more; what is due later is not waited for. */
  settled(): Promise<void>;
  /** Aborts what is under way, which the next start takes up. */
  close(): Promise<void>;
}

interface Round extends LaneOptions {
  readonly impatient: boolean;
  readonly onBegin?: () => void;
}

/** Without a reason the vault is asked as often, so that a token that was revoked is noticed before it is needed. */
const IDLE_MS = 6 * 3_600_000;
const BUSY_MS = 60_000;
const SHORTEST_MS = 5_000;

export function createLane(parts: LaneParts): Lane {
  const { folder, courier, ledger, acquireLock, later, clock, random, log } = parts;
  const closing = new AbortController();
  const watchers = new Set<(progress: SyncProgress) => void>();
  let running: SyncProgress | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let stopTimer = (): void => undefined;
  let waiting = false;
  /** What the file system says of the ledger, say: once is enough, until a round takes place. */
  let wasTold = false;
  /** Something may be missing there that no round has looked for yet. */
  let asked = false;
  const { track, settled } = createUnderWay();

  function arm(delayMs: number): void {
    stopTimer();
    if (!closing.signal.aborted) stopTimer = later(delayMs, () => void track(patiently()));
  }

  /** When something that failed is due, or nothing has been asked for long. */
  async function armNext(): Promise<void> {
    const { trouble, failures } = await ledger.read();
    if (asked && trouble === null) return arm(0);
    const dues = trouble === null ? Object.values(failures) : [trouble];
    const idleMs = IDLE_MS * (1 + random() / 5);
    arm(
      Math.max(SHORTEST_MS, Math.min(idleMs, ...dues.map((due) => (isDue(due, clock()) ? 0 : due.nextAt - clock())))),
    );
  }

  async function round(options: Round): Promise<SyncResult> {
    options.onBegin?.();
    if (options.sends) asked = false;
    const signal = options.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal]);
    if (signal.aborted) throw abortedTransfer(signal.reason);
    await parts.assertThere();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const release = await acquireLock();
    if (release === null) throw elsewhere(parts.label);
    const report = (progress: SyncProgress): void => {
      running = progress;
      for (const watcher of watchers) watcher(progress);
    };
    try {
      return await courier({ signal, report, sends: options.sends, impatient: options.impatient });
    } finally {
      running = null;
      await release();
    }
  }

  /** One at a time; whoever waits sees how far the one before is. */
  async function enqueue(options: Round): Promise<SyncResult> {
    const { onProgress } = options;
    if (onProgress !== undefined) {
      if (running !== null) onProgress(running);
      watchers.add(onProgress);
    }
    const result = queue.then(() => round(options));
    queue = result.catch(() => undefined); // the caller is told
    try {
      return await result;
    } finally {
      if (onProgress !== undefined) watchers.delete(onProgress);
      await parts.onRound();
    }
  }

  /** One that waits for its turn sees all that is asked of it until then. */
  async function patiently(): Promise<void> {
    if (waiting || closing.signal.aborted) return;
    waiting = true;
    const onBegin = () => void (waiting = false);
    try {
      await enqueue({ sends: true, impatient: false, onBegin });
      wasTold = false;
      await armNext();
    } catch (error) {
      waiting = false;
      if (closing.signal.aborted) return;
      const isOurs = !isAppError(error);
      log[isOurs && !wasTold ? 'warn' : 'debug'](`No round at ${parts.label} now`, { error });
      wasTold ||= isOurs;
      arm(BUSY_MS);
    }
  }

  async function impatiently(options: LaneOptions): Promise<SyncResult> {
    try {
      return await enqueue({ ...options, impatient: true });
    } finally {
      await armNext().catch(() => arm(BUSY_MS)); // the ledger's disk is gone, which the round has told
    }
  }

  async function wakeUp(): Promise<void> {
    asked = true;
    const { trouble } = await ledger.read();
    if (isDue(trouble, clock())) arm(0);
  }

  return {
    wake() {
      track(wakeUp()).catch((error: unknown) =>
        log.warn(`What is remembered of ${parts.label} cannot be read`, { error }),
      );
    },
    run: (options) => track(impatiently(options)),
    running: () => running,
    settled,
    async close() {
      closing.abort();
      stopTimer();
      await settled();
    },
  };
}

function elsewhere(label: string): AppError {
  return new AppError('busy', {
    en: `Another NescordBot process is sending copies to ${label}. Try again when it is done.`,
    ja: `別の NescordBot プロセスが ${label} へコピーを送信しています。終わってからもう一度お試しください。`,
  });
}
