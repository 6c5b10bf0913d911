import { wordsIn, type Words } from '../errors.ts';
import { beginning } from '../plain-text.ts';
import type { AlertEvent } from './alert-model.ts';
import type { AlertBook, KeptAlert } from './alerting/book.ts';
import type { Alert, Alerts, OpenAlert, PastAlert } from './ports.ts';

export interface AlertsOptions {
  readonly deliver: (event: AlertEvent) => void;
  readonly clock: () => number;
  /** Takes secrets out of words before anybody sees or keeps them. */
  readonly redact?: (text: string) => string;
  /** Called when what a restart must find again is another. */
  readonly changed?: () => void;
}

export interface OwnAlerts extends Alerts {
  mute(key: string, forMs: number): void;
  muted(): ReadonlyMap<string, number>;
  /** Once a minute or so: reminds of what stays open, and ends what was muted for a while. */
  look(): void;
  book(): AlertBook;
  /** Takes up what was known before a restart; what was raised since then stays. */
  restore(book: AlertBook): void;
}

const RECENT = 100;
/** More are open only when something raises keys without end. */
const MOST_OPEN = 500;
const WORDS_CHARACTERS = 2_000;
const KEY_CHARACTERS = 200;
const REMIND_MS = 24 * 3_600_000;
const LONGEST_MUTE_MS = 31 * 24 * 3_600_000;

/** Says each thing once when it begins, again when it gets worse, and once when it is over. */
export function createAlerts(options: AlertsOptions): OwnAlerts {
  const { deliver, clock, redact = (text) => text, changed = () => undefined } = options;
  const open = new Map<string, KeptAlert>();
  const muted = new Map<string, number>();
  let recent: PastAlert[] = [];

  /** Not by a time that a clock running ahead has named. */
  const isAhead = (until: number, now: number): boolean => until > now && until - now <= LONGEST_MUTE_MS;
  const isMuted = (key: string): boolean => isAhead(muted.get(key) ?? 0, clock());

  function tell(alert: KeptAlert, state: AlertEvent['state']): void {
    const { key, severity, words, since } = alert;
    deliver({ state, key, severity, words, since, at: clock() });
  }

  function past(entry: PastAlert): void {
    recent = [entry, ...recent].slice(0, RECENT);
    changed();
  }

  function makeRoom(): void {
    if (open.size < MOST_OPEN) return;
    let least: KeptAlert | null = null;
    for (const one of open.values()) {
      if (least === null || rank(one) < rank(least) || (rank(one) === rank(least) && one.since < least.since))
        least = one;
    }
    if (least !== null) open.delete(least.key);
  }

  const alerts: OwnAlerts = {
    raise(raised) {
      const alert: Alert = {
        ...raised,
        key: redact(raised.key).slice(0, KEY_CHARACTERS),
        words: clean(raised.words, redact),
      };
      const known = open.get(alert.key);
      if (known === undefined) makeRoom();
      const now = clock();
      const isWorse = known !== undefined && (rank(alert) > rank(known) || (alert.level ?? 0) > (known.level ?? 0));
      const isSaid = (known === undefined || isWorse) && !isMuted(alert.key);
      const kept: KeptAlert = {
        ...alert,
        since: known?.since ?? now,
        saidAt: isSaid ? now : (known?.saidAt ?? null),
      };
      open.set(alert.key, kept);
      if (isSaid) tell(kept, known === undefined || known.saidAt === null ? 'open' : 'worse');
      if (known === undefined || isWorse || !sameWords(known.words, alert.words)) changed();
    },
    resolve(key) {
      const known = open.get(key);
      if (known === undefined) return;
      open.delete(key);
      // Good news of what people know of is told even of a muted key.
      if (known.saidAt !== null) tell(known, 'resolved');
      const { severity, words, since } = known;
      past({ key, severity, words, since, resolvedAt: clock() });
    },
    settle(family, wrong) {
      const keys = new Set(wrong.map(({ key }) => key));
      for (const key of open.keys()) if (key.startsWith(family) && !keys.has(key)) alerts.resolve(key);
      for (const alert of wrong) alerts.raise(alert);
    },
    announce(said) {
      const words = clean(said, redact);
      const at = clock();
      deliver({ state: 'notice', key: null, severity: 'info', words, since: at, at });
      past({ key: null, severity: 'info', words, since: at, resolvedAt: at });
    },
    open: () => [...open.values()].map(opened),
    recent: () => recent,
    mute(key, forMs) {
      if (forMs <= 0 && !isMuted(key)) return;
      muted.set(key, clock() + Math.max(0, forMs));
      alerts.look();
      changed();
    },
    muted: () => new Map([...muted].filter(([, until]) => isAhead(until, clock()))),
    look() {
      const now = clock();
      for (const [key, until] of muted) {
        if (isAhead(until, now)) continue;
        muted.delete(key);
        const known = open.get(key);
        if (known === undefined) continue;
        open.set(key, { ...known, saidAt: now });
        tell(known, known.saidAt === null ? 'open' : 'reminder');
        changed();
      }
      for (const alert of open.values()) {
        if (alert.severity !== 'critical' || isMuted(alert.key)) continue;
        if (alert.saidAt === null || (alert.saidAt <= now && now - alert.saidAt < REMIND_MS)) continue;
        open.set(alert.key, { ...alert, saidAt: now });
        tell(alert, 'reminder');
        changed();
      }
    },
    book: () => ({ open: [...open.values()], recent, muted: Object.fromEntries(alerts.muted()) }),
    restore(book) {
      const raised = [...open.values()];
      open.clear();
      for (const alert of book.open) open.set(alert.key, alert);
      for (const alert of raised) open.set(alert.key, { ...alert, since: open.get(alert.key)?.since ?? alert.since });
      for (const [key, until] of Object.entries(book.muted)) muted.set(key, until);
      recent = [...recent, ...book.recent].slice(0, RECENT);
      changed();
    },
  };
  return alerts;
}

const opened = ({ key, severity, level, words, since }: KeptAlert): OpenAlert => ({
  key,
  severity,
  words,
  since,
  ...(level === undefined ? {} : { level }),
});

const rank = ({ severity }: Pick<Alert, 'severity'>): number => (severity === 'critical' ? 1 : 0);

const sameWords = (a: Words, b: Words): boolean => wordsIn('en', a) === wordsIn('en', b);

function clean(words: Words, redact: (text: string) => string): Words {
  const one = (text: string) => beginning(redact(text).toWellFormed(), WORDS_CHARACTERS);
  return typeof words === 'string' ? one(words) : { en: one(words.en), ja: one(words.ja) };
}
