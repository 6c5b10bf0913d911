import type { Locale } from './locale.ts';

/** A rule of the schedule as a form has it. */
export type RuleForm =
  | { readonly often: 'every'; readonly every: string }
  | { readonly often: 'daily'; readonly time: string }
  | { readonly often: 'weekly'; readonly time: string; readonly weekday: string }
  | { readonly often: 'monthly'; readonly time: string; readonly day: string };

export const EVERY = ['10m', '15m', '20m', '30m', '1h', '2h', '3h', '4h', '6h', '8h', '12h', '24h'] as const;
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** `daily 02:00` taken apart; what is not understood becomes the usual daily one. */
export function ruleForm(rule: string): RuleForm {
  const [often, first = '', second = ''] = rule.split(' ');
  if (often === 'every') return { often, every: first };
  if (often === 'weekly') return { often, weekday: first, time: second };
  if (often === 'monthly') return { often, day: first, time: second };
  return { often: 'daily', time: /^\d\d:\d\d$/.test(first) ? first : '02:00' };
}

export function ruleText(form: RuleForm): string {
  switch (form.often) {
    case 'every':
      return `every ${form.every}`;
    case 'daily':
      return `daily ${form.time}`;
    case 'weekly':
      return `weekly ${form.weekday} ${form.time}`;
    case 'monthly':
    default:
      return `monthly ${form.day} ${form.time}`;
  }
}

const HOUR_MS = 3_600_000;

/** How far apart two runs are at the most. */
export function intervalMs(rule: string): number {
  const form = ruleForm(rule);
  if (form.often === 'every') return (Number.parseInt(form.every, 10) * HOUR_MS) / (form.every.endsWith('m') ? 60 : 1);
  return { daily: 24, weekly: 7 * 24, monthly: 31 * 24 }[form.often] * HOUR_MS;
}

/** 2024-01-01 was a Monday. */
export const weekdayName = (weekday: string, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, 1 + Math.max(0, WEEKDAYS.indexOf(weekday as (typeof WEEKDAYS)[number]))),
  );

export function everyName(every: string, locale: Locale): string {
  const count = Number.parseInt(every, 10);
  if (every.endsWith('m')) return locale === 'en' ? `${count} ${count === 1 ? 'minute' : 'minutes'}` : `${count} 分`;
  return locale === 'en' ? (count === 1 ? 'hour' : `${count} hours`) : `${count} 時間`;
}

export function ruleInWords(rule: string, locale: Locale): string {
  const form = ruleForm(rule);
  const en = locale === 'en';
  switch (form.often) {
    case 'every':
      return en ? `every ${everyName(form.every, locale)}` : `${everyName(form.every, locale)}ごと`;
    case 'daily':
      return en ? `daily at ${form.time}` : `毎日 ${form.time}`;
    case 'weekly': {
      const day = weekdayName(form.weekday, locale);
      return en ? `every ${day} at ${form.time}` : `毎週${day} ${form.time}`;
    }
    case 'monthly':
    default:
      return en ? `on day ${form.day} of each month at ${form.time}` : `毎月 ${form.day} 日 ${form.time}`;
  }
}
