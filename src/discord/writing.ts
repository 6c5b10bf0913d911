import type { Locale } from '../errors.ts';
import { addressesIn, asTarget } from '../knowledge/markdown/addresses.ts';
import { asCharacters, asLabel } from '../knowledge/markdown/inline.ts';
import { sanitizeMarkdown } from '../knowledge/markdown/sanitize.ts';
import { beginning, plainLine } from '../plain-text.ts';

/** Discord's limit for one message, in characters. */
export const MESSAGE_LIMIT = 2000;

/** At most `limit` UTF-16 units, ended with … where something was left out; no character is cut in two. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${beginning(text, limit - 1)}…`;
}

/** The first that fits into one message; of the last, as much as fits. Each is written with less than the one before. */
export function fitting(versions: readonly (() => string)[], limit = MESSAGE_LIMIT): string {
  let text = '';
  for (const write of versions) {
    text = write();
    if (text.length <= limit) return text;
  }
  return cut(text, limit);
}

/** Somebody's text as part of our sentence: on one line, cut, its Markdown and mentions without effect. */
export function shown(text: string, limit = 100): string {
  return cut(plainLine(text), limit)
    .split(VENDOR_PAGES)
    .map((piece, index) => (index % 2 === 1 ? piece : asCharacters(piece)))
    .join('');
}

/** The pages of vendors that words of ours send people to. */
const VENDOR_PAGES =
  /(https:\/\/(?:aistudio\.google\.com|ai\.google\.dev|www\.githubstatus\.com)(?:\/[\w/-]*)?(?![\w@:-]))/g;

/** Sentences of ours that may have texts of others in them: their Markdown stays, and there is nothing else to follow. */
export function worded(text: string): string {
  return sanitizeMarkdown(text, addressesIn(text.match(VENDOR_PAGES) ?? []));
}

/** Japanese addresses grow ninefold when they are encoded; one that fills a message leaves no room for its words. */
const LONGEST_ADDRESS = 400;

/** A masked link, or the label alone where the address is too long or none that a browser opens. */
export function link(label: string, address: string | null): string {
  if (address === null || !URL.canParse(address)) return label;
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return label;
  const target = asTarget(url.href);
  return target.length > LONGEST_ADDRESS ? label : `[${asLabel(label)}](${target})`;
}

/** The small grey lines under a message. */
export function smallPrint(...lines: readonly string[]): string {
  return lines.map((line) => `-# ${line}`).join('\n');
}

/** A moment the way Discord shows it: relative, with the date on hover. */
export function ago(at: number): string {
  return `<t:${Math.ceil(at / 1000)}:R>`;
}

/** The same within a sentence that goes on to a date: "until", "since". */
export function moment(at: number): string {
  return `<t:${Math.ceil(at / 1000)}:f>`;
}

export function duration(ms: number, locale: Locale): string {
  return locale === 'ja' ? `${(ms / 1000).toFixed(1)} 秒` : `${(ms / 1000).toFixed(1)} s`;
}

export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  const exponent = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** exponent;
  return `${exponent === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[exponent] ?? 'B'}`;
}

/** A number with its thousands apart. */
export function count(number: number): string {
  return number.toLocaleString('en');
}
