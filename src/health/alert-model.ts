import { counted } from '../counted.ts';
import { wordsIn, type Locale, type Words } from '../errors.ts';
import { beginning } from '../plain-text.ts';
import type { Alert } from './ports.ts';

/** One thing to tell people of. */
export interface AlertEvent {
  /** `worse`: told before, and more urgent now. `reminder`: critical, and open for another day. `test`: somebody tries the ways. */
  readonly state: 'open' | 'worse' | 'reminder' | 'resolved' | 'notice' | 'test';
  /** Null for a notice or a test. */
  readonly key: string | null;
  readonly severity: Alert['severity'] | 'info';
  readonly words: Words;
  /** Milliseconds since the epoch: when it began, for what was announced when that was. */
  readonly since: number;
  /** When this was said. */
  readonly at: number;
}

/** What a sink brings at one go: one event, or several that had to wait, most urgent first, and how many more there were. */
export interface AlertMessage {
  readonly events: readonly [AlertEvent, ...AlertEvent[]];
  readonly more: number;
}

export interface AlertText {
  readonly title: string;
  readonly body: string;
  /** Which key, and since when. */
  readonly footer: string;
}

export type Urgency = 'critical' | 'warning' | 'good' | 'info';

/** What decides the colour, and whether anybody is called. */
export function urgencyOf({ events }: AlertMessage): Urgency {
  const all = new Set(
    events.map(({ state, severity }): Urgency => {
      if (state === 'resolved') return 'good';
      return state === 'test' || severity === 'info' ? 'info' : severity;
    }),
  );
  return (['critical', 'warning', 'good', 'info'] as const).find((one) => all.has(one)) ?? 'info';
}

/** The same words for every sink; `bodyLimit` in UTF-16 units. */
export function alertText(message: AlertMessage, locale: Locale, bodyLimit = 3_500): AlertText {
  const [first] = message.events;
  const { events, more } = message;
  if (events.length === 1 && more === 0) {
    const key = first.key === null ? '' : ` · ${first.key}`;
    return {
      title: titleOf(first, locale),
      body: short(wordsIn(locale, first.words), bodyLimit),
      footer: `NescordBot${key} · ${minuteOf(first.since)}`,
    };
  }
  const each = Math.max(60, Math.floor(bodyLimit / events.length) - 80);
  const lines = events.map(
    (event) => `${titleOf(event, locale)} – ${short(oneLine(wordsIn(locale, event.words)), each)}`,
  );
  const rest = {
    en: `… and ${more} more; /alerts list shows what is open.`,
    ja: `…ほか ${more} 件（/alerts list で一覧を表示できます）`,
  };
  const all = events.length + more;
  return {
    title: { en: `${markOf(message)} ${counted(all, 'alert')}`, ja: `${markOf(message)} アラート ${all} 件` }[locale],
    body: short([...lines, ...(more === 0 ? [] : [rest[locale]])].join('\n'), bodyLimit),
    footer: `NescordBot · ${minuteOf(first.at)}`,
  };
}

const COLOURS: Readonly<Record<Urgency, number>> = {
  critical: 0xd92d20,
  warning: 0xf79009,
  good: 0x12b76a,
  info: 0x2e90fa,
};

/** As Discord takes it, from the bot or by a webhook. */
export function alertEmbed(message: AlertMessage, locale: Locale) {
  const { title, body, footer } = alertText(message, locale);
  return {
    title,
    description: body,
    color: COLOURS[urgencyOf(message)],
    footer: { text: footer },
    timestamp: new Date(message.events[0].at).toISOString(),
  };
}

/** `42 min`, `3 h 5 min`, `2 days`: as exact as a person would say it. */
export function lasting(ms: number, locale: Locale): string {
  const minutes = Math.round(ms / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60), minutes % 60];
  if (minutes < 1)
    return { en: `${Math.max(1, Math.round(ms / 1000))} s`, ja: `${Math.max(1, Math.round(ms / 1000))}秒` }[locale];
  if (hours < 1) return { en: `${minutes} min`, ja: `${minutes}分` }[locale];
  if (hours < 48) {
    const more = { en: rest === 0 ? '' : ` ${rest} min`, ja: rest === 0 ? '' : `${rest}分` }[locale];
    return { en: `${hours} h${more}`, ja: `${hours}時間${more}` }[locale];
  }
  return { en: counted(days, 'day'), ja: `${days}日` }[locale];
}

function titleOf({ state, severity, since, at }: AlertEvent, locale: Locale): string {
  const lasted = lasting(Math.max(0, at - since), locale);
  const texts: Readonly<Record<AlertEvent['state'], Readonly<Record<Locale, string>>>> = {
    open: severity === 'critical' ? CRITICAL : WARNING,
    worse: severity === 'critical' ? CRITICAL : WARNING,
    reminder: { en: `🔔 Still open after ${lasted}`, ja: `🔔 ${lasted}経過しても未解決` },
    resolved: { en: `✅ Resolved after ${lasted}`, ja: `✅ ${lasted}後に解決` },
    notice: { en: 'ℹ️ Notice', ja: 'ℹ️ お知らせ' },
    test: { en: '🧪 Test alert', ja: '🧪 テスト通知' },
  };
  return texts[state][locale];
}

const CRITICAL = { en: '🚨 Critical', ja: '🚨 緊急' };
const WARNING = { en: '⚠️ Warning', ja: '⚠️ 警告' };
const MARKS: Readonly<Record<Urgency, string>> = { critical: '🚨', warning: '⚠️', good: '✅', info: 'ℹ️' };
const markOf = (message: AlertMessage): string => MARKS[urgencyOf(message)];

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
const minuteOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function short(text: string, limit: number): string {
  return text.length <= limit ? text : `${beginning(text, limit - 1)}…`;
}
