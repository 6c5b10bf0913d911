import { AppError } from '../errors.ts';
import type { Cron } from './ports.ts';

export interface ScheduleRule {
  /** As people write it, tidied. */
  readonly text: string;
  /** The same for cron, in the schedule's time zone. */
  readonly cron: string;
  /** Whether it fires on a day; `weekday` 0 is Sunday. */
  readonly onDay: (day: { readonly dayOfMonth: number; readonly weekday: number }) => boolean;
  /** Minutes since midnight at which it fires. */
  readonly minutes: readonly number[];
  readonly isInterval: boolean;
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const HOURS = [1, 2, 3, 4, 6, 8, 12, 24];
const MINUTES = [10, 15, 20, 30];
const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * 60_000;

/** @throws AppError `invalid` with what is allowed */
export function parseRule(rule: string): ScheduleRule {
  const text = rule.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const found = interval(text) ?? atTime(text);
  if (found !== null) return found;
  throw new AppError('invalid', {
    en: `${JSON.stringify(rule.slice(0, 60))} is not a schedule. Possible are: every 6h (every 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 24h), daily 02:00, weekly sun 02:00, monthly 1 02:00 (day 1 to 28).`,
    ja: `「${rule.slice(0, 60)}」はスケジュールとして使えません。\`every 6h\`（10m、15m、20m、30m、1h、2h、3h、4h、6h、8h、12h、24h ごと）、\`daily 02:00\`、\`weekly sun 02:00\`、\`monthly 1 02:00\`（1〜28 日）のように指定してください。`,
  });
}

function interval(text: string): ScheduleRule | null {
  const [, number = '', unit] = /^every (\d{1,2})(m|h)$/.exec(text) ?? [];
  const every = Number(number);
  const step = unit === 'h' ? every * 60 : every;
  if (unit === undefined || !(unit === 'h' ? HOURS : MINUTES).includes(every)) return null;
  const minutes = Array.from({ length: DAY_MINUTES / step }, (_, index) => index * step);
  const cron = unit === 'm' ? `*/${every} * * * *` : `0 ${every === 24 ? '0' : `*/${every}`} * * *`;
  return { text: `every ${every}${unit}`, cron, onDay: () => true, minutes, isInterval: true };
}

function atTime(text: string): ScheduleRule | null {
  const [, period, day = '', hour = '', minute = ''] =
    /^(daily|weekly|monthly)(?: (\w+))? ([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  const minutes = [Number(hour) * 60 + Number(minute)];
  const weekday = WEEKDAYS.indexOf(day);
  const time = `${Number(minute)} ${Number(hour)}`;
  const rule = { text, minutes, isInterval: false };
  if (period === 'daily' && day === '') return { ...rule, cron: `${time} * * *`, onDay: () => true };
  if (period === 'weekly' && weekday >= 0)
    return { ...rule, cron: `${time} * * ${weekday}`, onDay: (one) => one.weekday === weekday };
  if (period === 'monthly' && /^([1-9]|1\d|2[0-8])$/.test(day))
    return { ...rule, cron: `${time} ${day} * *`, onDay: (one) => one.dayOfMonth === Number(day) };
  return null;
}

/** The first moment after `after` at which the rule fires. A time that the clocks skip fires when they have moved on. */
export function nextDue(rule: ScheduleRule, timeZone: string, after: number): number {
  const localOf = localClock(timeZone);
  const today = Math.floor(localOf(after) / DAY_MS) * DAY_MS;
  // From the day before, as the clocks may have been put back over midnight.
  for (let day = today - DAY_MS; day <= today + 62 * DAY_MS; day += DAY_MS) {
    const date = new Date(day);
    if (!rule.onDay({ dayOfMonth: date.getUTCDate(), weekday: date.getUTCDay() })) continue;
    const momentsOf = momentsOn(day, localOf);
    // Where clocks are put back, a time of day comes due when they show it first; an interval goes on.
    const moments = rule.minutes
      .flatMap((minute) => momentsOf(day + minute * 60_000).slice(0, rule.isInterval ? 2 : 1))
      .filter((at) => at > after);
    if (moments.length > 0) return Math.min(...moments);
  }
  throw new AppError('internal', `The schedule ${rule.text} never comes due.`);
}

/**
 * Calls when the rule comes due, and once for all that came due unseen: a machine may sleep, or the clocks skip the time.
 * Returns the way to stop.
 */
export function whenDue(
  { rule, timeZone }: { readonly rule: string; readonly timeZone: string },
  { cron, clock }: { readonly cron: Cron; readonly clock: () => number },
  run: () => void,
): () => void {
  const parsed = parseRule(rule);
  let seenUntil = clock();
  let dueAt = nextDue(parsed, timeZone, seenUntil);
  return cron.schedule(parsed.cron, timeZone, () => {
    const now = clock();
    const isDue = dueAt <= now;
    const isPutBack = now < seenUntil;
    if (isDue || isPutBack) dueAt = nextDue(parsed, timeZone, now);
    seenUntil = now;
    if (isDue) run();
  });
}

/** From the next time to the one after it. */
export function intervalOf(rule: string, timeZone: string, now: number): number {
  const parsed = parseRule(rule);
  const next = nextDue(parsed, timeZone, now);
  return nextDue(parsed, timeZone, next) - next;
}

/** The wall clock of a zone, as milliseconds of a UTC clock that shows the same. */
function localClock(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return (at) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}

/** When the clocks show a time of that day: once, or twice where they are put back. Where they skip it, when they have moved on. */
function momentsOn(day: number, localOf: (at: number) => number): (local: number) => readonly number[] {
  const offsetAt = (at: number): number => localOf(at) - at;
  const [before, after] = [offsetAt(day - DAY_MS), offsetAt(day + 2 * DAY_MS)];
  if (before === after) return (local) => [local - before];
  return (local) => {
    const candidates = [local - before, local - after].sort((a, b) => a - b);
    const shown = candidates.filter((at) => localOf(at) === local);
    return shown.length > 0 ? shown : candidates.slice(1);
  };
}
