import type { Words } from '../errors.ts';
import type { Alerts, OpenAlert } from './ports.ts';

/** What a sink brings to people. */
export interface AlertMessage {
  readonly state: 'open' | 'resolved' | 'notice';
  readonly severity: OpenAlert['severity'] | 'info';
  readonly words: Words;
  /** Of what is resolved. */
  readonly lastedMs: number | null;
}

export interface AlertsOptions {
  readonly deliver: (message: AlertMessage) => void;
  readonly clock: () => number;
}

/** Says each thing once when it begins and once when it is over. */
export function createAlerts({ deliver, clock }: AlertsOptions): Alerts {
  const open = new Map<string, OpenAlert>();
  return {
    raise(alert) {
      const known = open.get(alert.key);
      open.set(alert.key, { ...alert, since: known?.since ?? clock() });
      if (known === undefined) deliver({ ...alert, state: 'open', lastedMs: null });
    },
    resolve(key) {
      const known = open.get(key);
      if (known === undefined) return;
      open.delete(key);
      deliver({ ...known, state: 'resolved', lastedMs: clock() - known.since });
    },
    announce: (words) => deliver({ state: 'notice', severity: 'info', words, lastedMs: null }),
    open: () => [...open.values()],
  };
}
