import { setImmediate as turn } from 'node:timers/promises';
import { wordsIn } from '../../src/errors.ts';
import type { AlertEvent, AlertMessage } from '../../src/health/alert-model.ts';
import type { AlertSink } from '../../src/health/alert-ports.ts';
import type { Later } from '../../src/backup/ports.ts';

export interface ManualTime {
  now: number;
  readonly clock: () => number;
  readonly later: Later;
  /** Goes on by so much, doing what falls due on the way, and lets everything that follows from it happen. */
  pass(ms: number): Promise<void>;
}

export function manualTime(start = 1_000_000): ManualTime {
  const due = new Map<() => void, number>();
  const soonest = () => [...due].sort(([, a], [, b]) => a - b)[0];
  const time: ManualTime = {
    now: start,
    clock: () => time.now,
    later(delayMs, run) {
      due.set(run, time.now + delayMs);
      return () => void due.delete(run);
    },
    async pass(ms) {
      const end = time.now + ms;
      await settled();
      for (let found = soonest(); found !== undefined && found[1] <= end; found = soonest()) {
        const [run, at] = found;
        due.delete(run);
        time.now = Math.max(time.now, at);
        run();
        await settled();
      }
      time.now = end;
      await settled();
    },
  };
  return time;
}

/** Lets what was begun come to rest, where it waits for nothing outside. */
export async function settled(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await turn();
}

export interface ScriptedSink extends AlertSink {
  readonly sent: AlertMessage[];
  /** Takes the place of taking it. */
  manner: ((message: AlertMessage, signal: AbortSignal) => Promise<void>) | null;
  attempts: number;
}

export function scriptedSink(name: string): ScriptedSink {
  const sink: ScriptedSink = {
    name,
    label: `the ${name}`,
    sent: [],
    manner: null,
    attempts: 0,
    async send(message, signal) {
      sink.attempts += 1;
      await sink.manner?.(message, signal);
      sink.sent.push(message);
    },
  };
  return sink;
}

export function eventOf(key: string | null, more: Partial<AlertEvent> = {}): AlertEvent {
  return { state: 'open', key, severity: 'warning', words: `about ${key ?? 'nothing'}`, since: 0, at: 0, ...more };
}

/** `open a · resolved b +3`. */
export function linesOf(messages: readonly AlertMessage[]): string[] {
  return messages.map(({ events, more }) => {
    const shown = events.map(({ state, key, words }) => `${state} ${key ?? wordsIn('en', words)}`);
    return shown.join(' · ') + (more === 0 ? '' : ` +${more}`);
  });
}
