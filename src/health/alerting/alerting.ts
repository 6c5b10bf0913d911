import { readFile } from 'node:fs/promises';
import { wordsIn } from '../../errors.ts';
import type { AlertEvent } from '../alert-model.ts';
import type { AlertDesk, AlertSink } from '../alert-ports.ts';
import { createAlerts } from '../alerts.ts';
import type { Alerts } from '../ports.ts';
import { writeWholeFile } from '../../whole-file.ts';
import { alertStateText, parseAlertState, type AlertState, type WaitingState } from './book.ts';
import { createDelivery, type Delivery, type DeliverySurroundings } from './delivery.ts';
import { testSinks } from './test-sinks.ts';

export interface AlertingParts extends DeliverySurroundings {
  /** False while it is not certain what time it is: what waits to be told is not taken for too old then. */
  readonly mayDeleteByAge?: () => boolean;
  /** What the way out may take. */
  readonly flushMs?: number;
}

export interface Alerting extends Alerts, AlertDesk, AsyncDisposable {
  /**
   * Takes up what was open and what waited at the last stop, and from now on keeps both in `file`, which is this process's
   * alone, and brings all that is said to these sinks.
   */
  begin(options: { readonly file: string; readonly sinks: readonly AlertSink[] }): Promise<void>;
  /** Once a minute or so: reminders, and what was muted for a while. */
  look(): void;
  /** Gives what waits two more seconds; the rest is sent at the next start. */
  close(): Promise<void>;
}

const FLUSH_MS = 2_000;
const KEPT_MS = 7 * 24 * 3_600_000;

/** Alerts that reach people by every way there is, and outlive the process. */
export function createAlerting(parts: AlertingParts): Alerting {
  const { clock, redact, log } = parts;
  const deliveries: Delivery[] = [];
  const alerts = createAlerts({ deliver, clock, redact, changed: () => save() });
  let sinks: readonly AlertSink[] = [];
  /** Of sinks that are not configured at present: kept until they are. */
  let strangers: AlertState['waiting'] = {};
  let file: string | null = null;
  let saving: Promise<void> | null = null;
  let isStale = false;
  let wasUnsaved = false;
  let closing: Promise<void> | null = null;

  function deliver(event: AlertEvent): void {
    const isTold = event.severity === 'info' || event.state === 'resolved';
    log[isTold ? 'info' : 'warn'](`Alert (${event.state}): ${wordsIn('en', event.words)}`);
    deliveries.forEach((delivery, at) => {
      if (event.key !== troubleKey(sinks[at])) delivery.add(event);
    });
  }

  /** Null where there is none, or none that can be understood. */
  async function stateIn(from: string): Promise<AlertState | null> {
    const said = `${from} cannot be read, so what was open is not known`;
    try {
      const found = parseAlertState(await readFile(from, 'utf8'));
      if (found === null) log.warn(said);
      return found;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.warn(said, { error });
      return null;
    }
  }

  /** Who comes back after longer than that is not told of what was. */
  function stillFresh([name, { events }]: [string, WaitingState]): [string, WaitingState] {
    const isCertain = parts.mayDeleteByAge?.() !== false;
    return [name, { events: events.filter(({ at }) => !isCertain || clock() - at < KEPT_MS), more: 0 }];
  }

  function state(): AlertState {
    const waiting = deliveries.map((delivery) => [delivery.status().name, delivery.waiting()] as const);
    return { book: alerts.book(), waiting: { ...strangers, ...Object.fromEntries(waiting) } };
  }

  function save(): void {
    if (file === null) return;
    isStale = true;
    saving ??= write(file).finally(() => {
      saving = null;
    });
  }

  async function write(to: string): Promise<void> {
    while (isStale) {
      isStale = false;
      try {
        await writeWholeFile(to, alertStateText(state()), `${to}.new`);
        wasUnsaved = false;
      } catch (error) {
        if (!wasUnsaved) log.warn(`What is open cannot be written to ${to}; a restart would say it again`, { error });
        wasUnsaved = true;
      }
    }
  }

  function open(sink: AlertSink, before: AlertState['waiting'][string] | undefined): Delivery {
    return createDelivery({
      ...parts,
      sink,
      before,
      changed: save,
      onTrouble(problem) {
        const key = troubleKey(sink);
        if (problem === null) return alerts.resolve(key);
        alerts.raise({ key, severity: 'warning', words: undelivered(sink.label, problem) });
      },
    });
  }

  async function shutDown(): Promise<void> {
    const signal = AbortSignal.timeout(parts.flushMs ?? FLUSH_MS);
    await Promise.all(deliveries.map((delivery) => delivery.finish(signal)));
    save();
    await saving;
  }

  /** What is said after the first call is kept for the next start. */
  async function close(): Promise<void> {
    await (closing ??= shutDown());
    await saving;
  }

  return {
    ...alerts,
    async begin(options) {
      const found = await stateIn(options.file);
      sinks = options.sinks;
      const waiting = found?.waiting ?? {};
      const names = new Set(sinks.map(({ name }) => name));
      strangers = Object.fromEntries(
        Object.entries(waiting)
          .filter(([name]) => !names.has(name))
          .map(stillFresh),
      );
      file = options.file;
      if (found !== null) alerts.restore(found.book);
      for (const sink of sinks) deliveries.push(open(sink, waiting[sink.name]));
      const ways = alerts.open().filter(({ key }) => key.startsWith(WAYS) && !names.has(key.slice(WAYS.length)));
      for (const { key } of ways) alerts.resolve(key); // nobody sends there any more
    },
    sinks: () => deliveries.map((delivery) => delivery.status()),
    test: (signal) => testSinks(sinks, { clock, redact, signal }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const WAYS = 'alerts:';
const troubleKey = (sink: AlertSink | undefined): string => `${WAYS}${sink?.name ?? ''}`;

function undelivered(label: string, problem: string) {
  return {
    en: `Alerts do not arrive by this way: ${label}. ${problem} They are kept and tried again. /alerts test tries all ways.`,
    ja: `次の通知先にアラートを届けられません：${label}。${problem} 通知は保存され、再送されます。/alerts test で確認できます。`,
  };
}
