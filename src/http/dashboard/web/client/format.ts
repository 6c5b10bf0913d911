import type { Locale } from './locale.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A number and its unit stay on one line. */
const NBSP = '\u00a0';

const units = [
  { size: DAY, en: 'd', ja: '日' },
  { size: HOUR, en: 'h', ja: '時間' },
  { size: MINUTE, en: 'min', ja: '分' },
  { size: SECOND, en: 's', ja: '秒' },
] as const;

/** The two units that matter: `2 d 7 h`, `41 s`; under ten seconds with a decimal. */
export function duration(ms: number, locale: Locale): string {
  const space = locale === 'en' ? NBSP : '';
  if (ms < 10 * SECOND) {
    const seconds = ms < SECOND ? Math.max(0.1, Math.round(ms / 100) / 10) : Math.round(ms / 100) / 10;
    return `${seconds}${space}${units[3][locale]}`;
  }
  const first = units.findIndex(({ size }) => ms >= size);
  const [unit, next] = [units[first] ?? units[3], units[first + 1]];
  const whole = Math.floor(ms / unit.size);
  const rest = next === undefined || whole >= 10 ? 0 : Math.floor((ms % unit.size) / next.size);
  return `${whole}${space}${unit[locale]}${rest > 0 && next !== undefined ? `${space}${rest}${space}${next[locale]}` : ''}`;
}

/** `3 h ago`, `3 時間前`; of what a clock running ahead has dated, by how much. */
export function ago(ms: number, locale: Locale): string {
  if (ms < -HOUR)
    return locale === 'en' ? `${largest(-ms, locale)} ahead of the clock` : `時計より${largest(-ms, locale)}先`;
  if (ms < 10 * SECOND) return locale === 'en' ? 'just now' : 'たった今';
  return locale === 'en' ? `${largest(ms, locale)} ago` : `${largest(ms, locale)}前`;
}

/** `in 3 h`, `あと 3 時間`. */
export function ahead(ms: number, locale: Locale): string {
  return locale === 'en' ? `in ${largest(ms, locale)}` : `あと${largest(ms, locale)}`;
}

function largest(ms: number, locale: Locale): string {
  const unit = units.find(({ size }) => ms >= size) ?? units[3];
  return `${Math.max(1, Math.floor(ms / unit.size))}${locale === 'en' ? NBSP : ''}${unit[locale]}`;
}

/** Decimal, as disks are sold. */
export function bytes(count: number): string {
  const names = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = Math.max(0, count);
  let unit = 0;
  while (size >= 999.5 && unit < names.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const shown = unit > 0 && size < 9.95 ? size.toFixed(1) : String(Math.round(size));
  return `${shown}${NBSP}${names[unit] ?? 'B'}`;
}

export const count = (value: number, locale: Locale): string => new Intl.NumberFormat(locale).format(value);

export const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.round((part / whole) * 100)}${NBSP}%`;

const dateTime = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: Locale, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${name}`;
  const known = dateTime.get(key) ?? new Intl.DateTimeFormat(locale, options);
  dateTime.set(key, known);
  return known;
}

export const moment = (at: string | number, locale: Locale): string =>
  formatter(locale, 'moment', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));

export const shortMoment = (at: string | number, locale: Locale): string =>
  formatter(locale, 'short', {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(new Date(at));

export const clock = (at: string | number, locale: Locale): string =>
  formatter(locale, 'clock', { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }).format(
    new Date(at),
  );

/** A day such as 2026-11-21, which is one in UTC. */
export const dayName = (day: string, locale: Locale): string =>
  formatter(locale, 'day', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
