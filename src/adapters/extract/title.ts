import { decodeStart } from './decode.ts';
import { readFrontMatter } from './front-matter.ts';
import { plainLine } from '../../plain-text.ts';
import { plainHeading } from './headings.ts';

const WITHIN = 65_536;
const MOST_LINES = 5_000;
const LONGEST_LINE = 1_000;
const LONGEST_FIRST_LINE = 80;

/**
 * What to call a document that nobody gave a title: front matter's `title`, else its first top heading, else its file's
 * name without the ending, else its first line; null when it has none of these. Looks at the first 64 KB and 5,000 lines only, so that it
 * may be called on the main thread.
 * @throws AppError `invalid` when it is given bytes that are no text
 */
export function titleOf(content: Uint8Array, name: string): string | null {
  const head = decodeStart(content, WITHIN).slice(0, WITHIN);
  const { title, end } = readFrontMatter(head);
  const text = head.slice(end);
  const named = name.replace(/\.\w{1,8}$/, '').replaceAll('_', ' ');
  return plainLine(title ?? '') || (firstTopHeading(text) ?? (plainLine(named) || firstLine(text)));
}

interface Closed {
  readonly closedBy: RegExp;
  /** Of the mark that begins it. */
  readonly length: number;
}

/** What has no headings in it, whatever its lines look like: how a line begins it, and what ends it. */
const CLOSED: readonly (readonly [RegExp, (begin: string) => RegExp])[] = [
  [/^ {0,3}(`{3,}|~{3,})/, (mark) => new RegExp(`^ {0,3}${mark}`)],
  [/^ {0,3}<!--/, () => /-->/],
  [/^ {0,3}<(pre|script|style|textarea)\b/i, (tag) => new RegExp(`</${tag}>`, 'i')],
];

/** Read with a line scan instead of the parser, which can be slow on texts made to be. */
function firstTopHeading(text: string): string | null {
  let closedBy: RegExp | null = null;
  let previous = '';
  let at = 0;
  for (const whole of text.split('\n', MOST_LINES)) {
    const line = whole.slice(0, LONGEST_LINE);
    const begins: Closed | null = closedBy === null ? closedPart(line) : null;
    if (closedBy !== null) {
      if (closedBy.test(whole)) closedBy = null;
    } else if (begins !== null) {
      if (!begins.closedBy.test(whole.slice(begins.length))) closedBy = begins.closedBy;
    } else {
      const atx = /^ {0,3}#[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line)?.[1];
      const underlined = /^ {0,3}=+[ \t]*$/.test(line) ? previous : null;
      const title = plainHeading(atx ?? underlined ?? htmlHeading(line, text, at) ?? '');
      if (title !== '') return title;
    }
    previous = closedBy === null && begins === null ? line : '';
    at += whole.length + 1;
  }
  return null;
}

function closedPart(line: string): Closed | null {
  for (const [begin, end] of CLOSED) {
    const found = begin.exec(line);
    if (found !== null) return { closedBy: end(found[1] ?? ''), length: found[0].length };
  }
  return null;
}

/** The text of an `<h1>` that begins at this line, alone or inside other tags; of an image in it, what it says instead. */
function htmlHeading(line: string, text: string, at: number): string | null {
  if (!/^\s*(?:<[^<>]+>\s*)*<h1\b/i.test(line)) return null;
  const html = text.slice(at, at + LONGEST_LINE);
  const open = /<h1\b[^<>]*>/i.exec(html);
  const close = html.search(/<\/h1\s*>/i);
  if (open === null || close === -1) return null;
  return html.slice(open.index + open[0].length, close).replace(/<img\b[^<>]*?\balt=(["'])(.*?)\1[^<>]*>/gi, ' $2 ');
}

function firstLine(text: string): string | null {
  const line = /\S.*/.exec(text)?.[0].replace(/^[#>\s]+/, '') ?? '';
  return Array.from(plainHeading(line)).slice(0, LONGEST_FIRST_LINE).join('').trim() || null;
}
