import type { AlertEvent, AlertMessage } from '../alert-model.ts';
import type { WaitingState } from './book.ts';

/** What waits for one sink: of each key the newest state, and never without end. */
export interface Waiting {
  add(event: AlertEvent): void;
  /** How many events wait, those that are only counted included. */
  size(): number;
  /** The next message; it stays here until it is `sent`. Null when nothing waits. */
  next(): AlertMessage | null;
  /** What has come meanwhile stays. */
  sent(): void;
  state(): WaitingState;
}

export interface WaitingLimits {
  /** More than this wait: they go in one message. */
  readonly singly: number;
  /** In one message, by their words; the rest is counted. */
  readonly shown: number;
  readonly kept: number;
}

const LIMITS: WaitingLimits = { singly: 3, shown: 10, kept: 200 };

export function createWaiting(before: WaitingState = { events: [], more: 0 }, limits = LIMITS): Waiting {
  const events = new Map<string, AlertEvent>();
  let { more } = before;
  let notices = 0;
  let taken: { readonly keys: ReadonlyMap<string, AlertEvent>; readonly more: number } | null = null;

  function add(event: AlertEvent): void {
    notices += 1;
    const key = event.key ?? `notice ${notices}`;
    const known = events.get(key);
    events.delete(key);
    // Nobody was told of the beginning yet, so it still is one.
    const untold = known?.state === 'open' && (event.state === 'worse' || event.state === 'reminder');
    events.set(key, untold ? { ...event, state: 'open' } : event);
    if (events.size <= limits.kept) return;
    let least: { readonly key: string; readonly event: AlertEvent } | null = null;
    for (const [key, event] of events) if (least === null || byUrgency(event, least.event) > 0) least = { key, event };
    if (least === null) return;
    events.delete(least.key);
    more += 1;
  }

  for (const event of before.events) add(event);

  return {
    add,
    size: () => events.size + more,
    next() {
      const all = [...events];
      const singly = all.length + more <= limits.singly;
      const urgent = all.find(([, event]) => isUrgent(event)) ?? all[0];
      const oneOf = urgent === undefined ? [] : [urgent];
      const chosen = singly ? oneOf : all.sort(([, a], [, b]) => byUrgency(a, b)).slice(0, limits.shown);
      const [first, ...others] = chosen.map(([, event]) => event);
      if (first === undefined) return null;
      taken = { keys: new Map(singly ? chosen : all), more: singly ? 0 : more };
      return { events: [first, ...others], more: singly ? 0 : all.length - chosen.length + more };
    },
    sent() {
      for (const [key, event] of taken?.keys ?? []) if (events.get(key) === event) events.delete(key);
      more -= taken?.more ?? 0;
      taken = null;
    },
    state: () => ({ events: [...events.values()], more }),
  };
}

const isUrgent = ({ state, severity }: AlertEvent): boolean => severity === 'critical' && state !== 'resolved';

/** Critical beginnings first, good news last; of the same urgency the older one first. */
function byUrgency(a: AlertEvent, b: AlertEvent): number {
  return weight(b) - weight(a) || a.at - b.at;
}

function weight({ state, severity }: AlertEvent): number {
  if (state === 'notice' || state === 'test') return 0;
  return (severity === 'critical' ? 2 : 1) + (state === 'resolved' ? 0 : 2);
}
