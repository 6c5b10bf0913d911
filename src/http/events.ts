import { Readable } from 'node:stream';
import type { ApiParts } from './api-parts.ts';
import type { JobParts } from './begin.ts';
import { AppError, isAppError, type Words } from '../errors.ts';
import { plainJson } from '../plain-text.ts';
import { runningView } from './schemas/backup.ts';
import { iso } from './schemas/common.ts';
import { jobView } from './schemas/job.ts';
import { alertView, partView, logLineView, pastAlertView } from './schemas/overview.ts';
import type { Caller } from './tokens.ts';

export interface Listener {
  readonly caller: Caller;
  /** False once the log-in that it came with has ended. */
  readonly isStillIn: () => boolean;
}

/** Server-sent events: what changes, to whoever listens. */
export interface Events {
  /** @throws AppError `busy` when as many listen as may */
  open(listener: Listener): Readable;
  close(): void;
}

export interface EventsOptions {
  readonly mostListeners?: number;
  /** So that nobody takes the places of others. */
  readonly mostOfOne?: number;
  readonly lookMs?: number;
  readonly heartbeatMs?: number;
  /** What may wait for a listener that reads slowly before it is let go; it comes back by itself. */
  readonly mostWaitingBytes?: number;
}

/** So that a browser, and every proxy on the way, knows that it is a stream before anything happens. */
const GREETING = 'retry: 3000\n\n';
const HEARTBEAT = ': still here\n\n';

export function createEvents(parts: ApiParts & JobParts, options: EventsOptions = {}): Events {
  const {
    mostListeners = 100,
    mostOfOne = 10,
    lookMs = 1_000,
    heartbeatMs = 15_000,
    mostWaitingBytes = 1_000_000,
  } = options;
  const listeners = new Map<Readable, Listener>();
  let stopLooking: (() => void) | null = null;
  /** The state as it was last told. */
  let shown = '';
  let shownAlerts = '';
  /** The last defect that kept it from being told: it is looked every second, and said once. */
  let defect = '';

  function send(text: string, isFor: (listener: Listener) => boolean = () => true): void {
    for (const [stream, listener] of listeners) {
      if (!isFor(listener)) continue;
      stream.push(text);
      if (stream.readableLength > mostWaitingBytes) stream.destroy();
    }
  }

  /** Backups can be begun in Discord, by the schedule or here: looking shows them all alike. */
  function startLooking(): () => void {
    let wasRunning = false;
    const look = (): void => {
      for (const [stream, { isStillIn }] of listeners) {
        if (isStillIn()) continue;
        listeners.delete(stream);
        stream.push(null);
      }
      const running = parts.backups().running();
      const { parts: ofBot, freeBytes } = parts.health.status();
      const alerts = parts.alerts().map(alertView);
      const bot = ofBot.map(partView);
      const text = JSON.stringify({ running: runningView(running), parts: bot, freeBytes: rounded(freeBytes), alerts });
      const isNews = text !== shown;
      shown = text;
      if (isNews) send(event('status', text));
      const recent = parts.recentAlerts().map(pastAlertView);
      const ofAlerts = JSON.stringify({ open: alerts, recent });
      const areNews = ofAlerts !== shownAlerts;
      shownAlerts = ofAlerts;
      if (areNews) send(event('alerts', ofAlerts));
      if (wasRunning && running === null) send(event('backups', JSON.stringify({ at: iso(parts.clock()) })));
      wasRunning = running !== null;
    };
    quietly(look);
    const timers = [setInterval(() => quietly(look), lookMs), setInterval(() => send(HEARTBEAT), heartbeatMs)];
    const stopJobs = parts.jobs.onChange((job) => {
      send(event('job', JSON.stringify(jobView(job))));
      // So that nobody is shown as at work who has told of the end already.
      if (job.state !== 'running') quietly(look);
    });
    const stopLog = parts.logTail.onLine((line) =>
      send(event('log', JSON.stringify(logLineView(line))), ({ caller }) => caller.scope === 'operate'),
    );
    return () => {
      for (const timer of timers) clearInterval(timer);
      stopJobs();
      stopLog();
    };
  }

  /** At a start, and in the middle of a restore, some of it cannot be told; the next look will. */
  function quietly(look: () => void): void {
    try {
      look();
    } catch (error) {
      send(': the state cannot be told now\n\n');
      const isDefect = !isAppError(error) || error.code === 'internal';
      if (!isDefect || String(error) === defect) return;
      defect = String(error);
      parts.log.error('The state cannot be told to those who listen', { error });
    }
  }

  return {
    open(listener) {
      const own = [...listeners.values()].filter(({ caller }) => caller.name === listener.caller.name).length;
      if (own >= mostOfOne) throw tooMany(ofOne(mostOfOne));
      if (listeners.size >= mostListeners) throw tooMany(ofAll(mostListeners));
      const stream = new Readable({ read: () => undefined });
      stream.push(GREETING);
      stream.on('close', () => {
        listeners.delete(stream);
        if (listeners.size > 0) return;
        stopLooking?.();
        stopLooking = null;
        shown = '';
        shownAlerts = '';
      });
      if (shown !== '') stream.push(event('status', shown));
      if (shownAlerts !== '') stream.push(event('alerts', shownAlerts));
      listeners.set(stream, listener);
      stopLooking ??= startLooking();
      return stream;
    },
    close() {
      for (const stream of listeners.keys()) stream.destroy();
    },
  };
}

const tooMany = (words: Words): AppError => new AppError('busy', words, { retryAfterMs: 10_000 });
const ofOne = (most: number) => ({
  en: `As many pages as may (${most}) are listening with this token already. Close one and try again.`,
  ja: `このトークンではすでに ${most} 個のページが更新を受信しています。1 つ閉じてからもう一度お試しください。`,
});
const ofAll = (most: number) => ({
  en: `As many pages as may (${most}) are listening already. Close one and try again.`,
  ja: `すでに ${most} 個のページが更新を受信しています。1 つ閉じてからもう一度お試しください。`,
});

const event = (name: string, data: string): string => `event: ${name}\ndata: ${plainJson(data)}\n\n`;

/** Each line of the log changes what is free a little; that alone is no news. */
const rounded = (bytes: number | null): number | null => (bytes === null ? null : Math.round(bytes / 1e8) * 1e8);
