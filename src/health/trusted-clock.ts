import type { Log } from '../log.ts';
import type { ClockDoubt, TrustedClock } from './clock-model.ts';

/** What is kept over restarts, where no restore takes it back. */
export interface ClockTick {
  /** When the clock was last surely right. */
  readonly at: number;
  /** What it said when a doubt began that is not over; null without one. */
  readonly doubtedSince: number | null;
  /** When somebody said that it is right, by that very clock; null: nobody has. */
  readonly confirmedAt: number | null;
}

export interface TrustedClockParts {
  readonly clock: () => number;
  /** Milliseconds that pass whatever becomes of the clock. */
  readonly monotonic: () => number;
  /** What an earlier run left; null where there was none. */
  readonly tick: ClockTick | null;
  readonly readTick: () => Promise<ClockTick | null>;
  readonly writeTick: (tick: ClockTick) => Promise<void>;
  /** Asks an independent clock; null where none answers. Absent where there is none to ask. */
  readonly ask?: (() => Promise<{ readonly from: string; readonly at: number } | null>) | undefined;
  readonly log: Log;
}

export interface RunningTrustedClock extends TrustedClock {
  /** Once a minute or so: holds the clock against time that passes, remembers it, and asks where it is in doubt. */
  look(): Promise<void>;
  /** The last tick before the end. */
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** So far two clocks may be apart and agree. */
const AGREE_MS = 5 * MINUTE_MS;
/** Clocks that are set right slowly drift by less than half of it. */
const DRIFT = 1 / 1000;
const TICK_EVERY_MS = 10 * MINUTE_MS;
const ASK_AGAIN_MS = MINUTE_MS;
/** Once one has answered, and does not agree: a person has to set the clock. */
const ASK_ANEW_MS = 10 * MINUTE_MS;

/** Whether a start at `now` may believe its clock, after what the last run left. */
function isBelievable({ at, doubtedSince }: ClockTick, now: number): boolean {
  if (now < at - AGREE_MS || now - at > DAY_MS) return false;
  // A clock that was in doubt because it ran ahead is so until it is back where it was.
  return doubtedSince === null || doubtedSince <= at || now < doubtedSince - AGREE_MS;
}

/** The wall clock, held against the monotonic one while the bot runs, and against the last run at its start. */
export function createTrustedClock(parts: TrustedClockParts): RunningTrustedClock {
  const { clock, monotonic, tick, readTick, writeTick, ask, log } = parts;
  /** When the clock was last known to be right, by both. */
  let base = { at: clock(), monotonicMs: monotonic() };
  let sureAt = tick?.at ?? base.at;
  let doubted: { readonly kind: ClockDoubt['kind']; readonly since: number } | null = null;
  let heard: ClockDoubt['heard'] = null;
  let [askAt, tickAt] = [-Infinity, -Infinity];
  let isDoubtKept = false;
  let wasUnwritten = false;

  const isStraight = (): boolean => {
    const passedMs = monotonic() - base.monotonicMs;
    return Math.abs(clock() - base.at - passedMs) <= AGREE_MS + passedMs * DRIFT;
  };

  function inDoubt(): boolean {
    if (doubted === null && !isStraight()) {
      const aheadMs = clock() - base.at - (monotonic() - base.monotonicMs);
      log.warn('The clock jumped; until it is certain, nothing is deleted because of its age', { aheadMs });
      begin('jump', clock());
    } else if (doubted?.kind === 'jump' && isStraight()) trust('It is where it was before');
    return doubted !== null;
  }

  function begin(kind: ClockDoubt['kind'], since: number): void {
    doubted = { kind, since };
    [heard, askAt, isDoubtKept] = [null, -Infinity, false];
  }

  function trust(why: string): void {
    log.info(`The clock is believed again: ${why}`);
    base = { at: clock(), monotonicMs: monotonic() };
    [doubted, heard, tickAt] = [null, null, -Infinity];
  }

  async function write(next: ClockTick): Promise<void> {
    try {
      await writeTick(next);
      wasUnwritten = false;
    } catch (error) {
      if (!wasUnwritten) log.warn('The time of this run cannot be kept for the next start', { error });
      wasUnwritten = true;
    }
  }

  async function remember(): Promise<void> {
    sureAt = clock();
    tickAt = monotonic();
    await write({ at: sureAt, doubtedSince: null, confirmedAt: null });
  }

  async function askOthers(): Promise<void> {
    if (ask === undefined || monotonic() < askAt) return;
    const answer = await ask();
    askAt = monotonic() + (answer === null ? ASK_AGAIN_MS : ASK_ANEW_MS);
    if (answer === null || doubted === null) return;
    const aheadMs = clock() - answer.at;
    if (Math.abs(aheadMs) <= AGREE_MS) return trust(`${answer.from} agrees`);
    if (heard === null) log.warn(`The clock is ahead of that of ${answer.from}`, { aheadMs });
    heard = { from: answer.from, aheadMs };
  }

  function beginAfter(last: ClockTick): void {
    log.info('The clock is not where the last run left it; until it is certain, nothing is deleted because of its age');
    begin('gap', last.doubtedSince ?? base.at); // the same doubt, wherever the clock is by now
  }
  if (tick !== null && !isBelievable(tick, base.at)) beginAfter(tick);

  return {
    mayDeleteByAge: () => !inDoubt(),
    doubtedSince: () => (inDoubt() ? (doubted?.since ?? null) : null),
    doubt() {
      if (!inDoubt() || doubted === null) return null;
      return { kind: doubted.kind, now: clock(), lastSureAt: sureAt, heard, canAsk: ask !== undefined };
    },
    ranAt(at) {
      const last: ClockTick = { at, doubtedSince: null, confirmedAt: null };
      if (inDoubt() || isBelievable(last, clock())) return;
      sureAt = at;
      beginAfter(last);
    },
    async look() {
      if (inDoubt() && doubted !== null) {
        const confirmedAt = (await readTick().catch(() => null))?.confirmedAt ?? null;
        if (confirmedAt !== null && Math.abs(clock() - confirmedAt) <= AGREE_MS)
          trust('a person says that it is right');
        else await askOthers();
        if (doubted !== null && !isDoubtKept) {
          await write({ at: sureAt, doubtedSince: doubted.since, confirmedAt: null });
          isDoubtKept = true;
        }
      }
      if (!inDoubt() && monotonic() - tickAt >= TICK_EVERY_MS) await remember();
    },
    async confirm() {
      if (inDoubt()) trust('a person says that it is right');
      await remember();
    },
    async close() {
      if (!inDoubt()) await remember();
    },
  };
}
