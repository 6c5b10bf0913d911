import type { Later } from '../../backup/ports.ts';
import { isAppError } from '../../errors.ts';
import { urgencyOf, type AlertEvent, type AlertMessage } from '../alert-model.ts';
import type { AlertSink, SinkStatus } from '../alert-ports.ts';
import type { Log } from '../../log.ts';
import type { WaitingState } from './book.ts';
import { createPace, type PaceLimits } from './pace.ts';
import { retryWaitMs } from './retry-wait.ts';
import { createWaiting } from './waiting.ts';
import { withinSignal } from './within-signal.ts';

/** What all ways have in common. */
export interface DeliverySurroundings {
  readonly clock: () => number;
  readonly random: () => number;
  readonly later: Later;
  readonly log: Log;
  /** Takes secrets out of words before they are kept or sent. */
  readonly redact: (text: string) => string;
  readonly sendTimeoutMs?: number;
  readonly pace?: PaceLimits | undefined;
}

export interface DeliveryParts extends DeliverySurroundings {
  readonly sink: AlertSink;
  /** What a restart left. */
  readonly before?: WaitingState | undefined;
  /** What waits is another. */
  readonly changed: () => void;
  /** Told, in words, when several attempts in a row have failed; null when one succeeds after that, or after the start. */
  readonly onTrouble: (problem: string | null) => void;
}

/** The way to one sink: in order, one message at a time, as often as it takes. */
export interface Delivery {
  add(event: AlertEvent): void;
  status(): SinkStatus;
  waiting(): WaitingState;
  /** Tries at once what waits, whatever the pauses, until it is empty, fails or is aborted; nothing is sent afterwards. */
  finish(signal: AbortSignal): Promise<void>;
}

const SEND_TIMEOUT_MS = 20_000;
const TROUBLE_AFTER = 3;
const REFUSALS = 3;

export function createDelivery(parts: DeliveryParts): Delivery {
  const { sink, clock, random, later, log, changed, sendTimeoutMs = SEND_TIMEOUT_MS } = parts;
  const waiting = createWaiting(parts.before);
  const pace = createPace(clock, parts.pace);
  let sending: Promise<boolean> | null = null;
  let finishing: AbortSignal | null = null;
  let callOff = (): void => undefined;
  let failures = 0;
  /** Null: not known since the start. */
  let isWell: boolean | null = null;
  let notBefore = 0;
  let longestPauseMs = 0;
  let problem: string | null = null;
  const abandoned = new AbortController();

  function pump(): void {
    callOff();
    if (sending !== null || finishing !== null) return;
    const message = waiting.next();
    if (message === null) return;
    const leftMs = Math.min(notBefore - clock(), longestPauseMs); // the clock may have been put back
    const pauseMs = Math.max(leftMs, pace.waitMs(urgencyOf(message) === 'critical'));
    if (pauseMs > 0) callOff = later(pauseMs, pump);
    else void attempt(message, abandoned.signal).then(pump);
  }

  /** True when it arrived. */
  function attempt(message: AlertMessage, signal: AbortSignal): Promise<boolean> {
    sending = bring(message, signal).finally(() => {
      sending = null;
    });
    return sending;
  }

  async function bring(message: AlertMessage, ended: AbortSignal): Promise<boolean> {
    try {
      const signal = AbortSignal.any([ended, AbortSignal.timeout(sendTimeoutMs)]);
      await withinSignal(sink.send(message, signal), signal);
    } catch (error) {
      if (!ended.aborted) failed(error);
      return false;
    }
    waiting.sent();
    pace.sent();
    if (failures > 0) log.info(`Alerts reach ${sink.label} again`);
    if (isWell !== true) parts.onTrouble(null);
    isWell = true;
    failures = 0;
    notBefore = 0;
    problem = null;
    changed();
    return true;
  }

  function failed(error: unknown): void {
    failures += 1;
    problem = parts.redact(error instanceof Error ? error.message : String(error));
    const pauseMs = retryWaitMs(error, failures, random);
    longestPauseMs = pauseMs;
    notBefore = clock() + pauseMs;
    const level = failures === 1 ? 'warn' : 'debug';
    log[level](`An alert did not reach ${sink.label}; trying again in ${Math.ceil(pauseMs / 1000)} s`, { error });
    if (isAppError(error, 'invalid') && failures >= REFUSALS) {
      log.error(`${sink.label} does not take a message, so it was given up: ${problem}`);
      waiting.sent();
      changed();
    }
    if (failures !== TROUBLE_AFTER) return;
    isWell = false;
    parts.onTrouble(problem);
  }

  queueMicrotask(pump);
  return {
    add(event) {
      waiting.add(event);
      changed();
      pump();
    },
    status: () => ({ name: sink.name, label: sink.label, waiting: waiting.size(), problem }),
    waiting: () => waiting.state(),
    async finish(signal) {
      callOff();
      finishing = signal;
      signal.addEventListener('abort', () => abandoned.abort(), { once: true });
      if (sending !== null && !(await sending)) return;
      for (let message = waiting.next(); message !== null && !signal.aborted; message = waiting.next()) {
        if (!(await attempt(message, signal))) return;
      }
    },
  };
}
