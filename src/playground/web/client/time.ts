import { currentLocale, t } from './texts.ts';
import { h } from './dom.ts';

type Style = Intl.DateTimeFormatOptions;
const styles: Readonly<Record<string, Style>> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
  s: { dateStyle: 'short', timeStyle: 'short' },
  S: { dateStyle: 'short', timeStyle: 'medium' },
};

const units: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

export function formatDate(at: Date, style: string): string {
  return new Intl.DateTimeFormat(currentLocale(), styles[style] ?? styles['f']).format(at);
}

export function formatRelative(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

/** A message's time, as short as its age allows. */
export function formatMessageTime(at: Date, now: Date): string {
  const day = (date: Date) => date.toDateString();
  const time = formatDate(at, 't');
  if (day(at) === day(now)) return t('today', { time });
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  return day(at) === day(yesterday) ? t('yesterday', { time }) : formatDate(at, 's');
}

/** `<t:…>` as it reads now. */
export function timestampText(at: Date, style: string): string {
  if (Number.isNaN(at.getTime())) return '—';
  return style === 'R' ? formatRelative(at, new Date()) : formatDate(at, style);
}

/** `<t:…>`: the full date on hover, and relative ones kept current by `startClock`. */
export function timestamp(seconds: number, style: string): HTMLElement {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return h('span', { class: 'timestamp' }, '—');
  return h(
    'time',
    {
      class: 'timestamp',
      datetime: at.toISOString(),
      title: formatDate(at, 'F'),
      'data-relative': style === 'R' ? at.getTime() : undefined,
    },
    timestampText(at, style),
  );
}

/** One clock for the page rather than one per timestamp. */
export function startClock(): void {
  setInterval(() => {
    const now = new Date();
    for (const element of document.querySelectorAll<HTMLElement>('time[data-relative]')) {
      const text = formatRelative(new Date(Number(element.dataset['relative'])), now);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
}
