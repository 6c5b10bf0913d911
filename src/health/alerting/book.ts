import type { Words } from '../../errors.ts';
import type { AlertEvent } from '../alert-model.ts';
import { isMoment } from '../../moment.ts';
import type { OpenAlert, PastAlert } from '../ports.ts';

export interface KeptAlert extends OpenAlert {
  /** When people were told last; null while it was muted from the beginning. */
  readonly saidAt: number | null;
}

/** What has to outlive a restart for nothing to be said twice or to go unsaid. */
export interface AlertBook {
  readonly open: readonly KeptAlert[];
  /** Newest first. */
  readonly recent: readonly PastAlert[];
  /** Until when. */
  readonly muted: Readonly<Record<string, number>>;
}

/** What waits for one sink. */
export interface WaitingState {
  readonly events: readonly AlertEvent[];
  /** How many there were besides. */
  readonly more: number;
}

export interface AlertState {
  readonly book: AlertBook;
  readonly waiting: Readonly<Record<string, WaitingState>>;
}

/** Null for what cannot be understood as a whole; single entries that cannot are left out. */
export function parseAlertState(text: string): AlertState | null {
  try {
    const found: unknown = JSON.parse(text);
    if (!isObject(found) || found['format'] !== 1 || !isObject(found['book'])) return null;
    const { open, recent, muted } = found['book'];
    const waiting = Object.entries(isObject(found['waiting']) ? found['waiting'] : {});
    return {
      book: {
        open: list(open).filter(isKept),
        recent: list(recent).filter(isPast),
        muted: Object.fromEntries(Object.entries(isObject(muted) ? muted : {}).filter(isMute)),
      },
      waiting: Object.fromEntries(waiting.map(([name, value]) => [name, waitingOf(value)])),
    };
  } catch {
    return null;
  }
}

export function alertStateText(state: AlertState): string {
  return `${JSON.stringify({ format: 1, ...state })}\n`;
}

function waitingOf(value: unknown): WaitingState {
  if (!isObject(value)) return { events: [], more: 0 };
  return { events: list(value['events']).filter(isEvent), more: isTime(value['more']) ? value['more'] : 0 };
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isTime = (value: unknown): value is number => isMoment(value) && value >= 0;
const isMute = (entry: [string, unknown]): entry is [string, number] => isTime(entry[1]);
const isWords = (value: unknown): value is Words =>
  typeof value === 'string' || (isObject(value) && typeof value['en'] === 'string' && typeof value['ja'] === 'string');
const isSeverity = (value: unknown, ...more: string[]): boolean =>
  ['warning', 'critical', ...more].includes(String(value));

function isKept(value: unknown): value is KeptAlert {
  if (!isObject(value)) return false;
  const { key, severity, words, since, saidAt, level } = value;
  const sound = typeof key === 'string' && isSeverity(severity) && isWords(words) && isTime(since);
  return sound && (saidAt === null || isTime(saidAt)) && (level === undefined || isTime(level));
}

function isPast(value: unknown): value is PastAlert {
  if (!isObject(value)) return false;
  const { key, severity, words, since, resolvedAt } = value;
  const sound = (key === null || typeof key === 'string') && isSeverity(severity, 'info') && isWords(words);
  return sound && isTime(since) && isTime(resolvedAt);
}

const STATES: ReadonlySet<unknown> = new Set(['open', 'worse', 'reminder', 'resolved', 'notice', 'test']);

function isEvent(value: unknown): value is AlertEvent {
  if (!isObject(value)) return false;
  const { state, key, severity, words, since, at } = value;
  const sound = STATES.has(state) && (key === null || typeof key === 'string');
  return sound && isSeverity(severity, 'info') && isWords(words) && isTime(since) && isTime(at);
}
