export interface Span {
  readonly code: boolean;
  readonly text: string;
}

/** Code between backticks, as positions in the text, and what it says. */
export interface Code {
  readonly start: number;
  readonly end: number;
  /** A fenced block rather than a part of a line. */
  readonly block: boolean;
  readonly language: string;
  readonly content: string;
}

/** What may stand before a fence on its line: the marks of quotes and lists. */
const FENCE = /((?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*)(`{3,})([^`\n]*)$/my;
/** Where a paragraph ends, and inline code with it: before an empty line and before what begins a block. */
const RUN_OR_END = /`+|\n(?=[ \t]*(?:$|[-*+>#][ \t]|-#|>>>|\d{1,9}[.)][ \t]))/gm;

/**
 * The code in a text. This decides what is meant as code: it is more lenient than Discord, whose readings of unequal or
 * unclosed backticks differ. Whoever shows a text writes it out anew (`markdown/sanitize.ts`), so that all read the same.
 * A block that is not closed goes to the end, as it does while a text is still coming.
 */
export function codeIn(text: string): Code[] {
  const found: Code[] = [];
  let proseFrom = 0;
  let backticks = text.indexOf('```');
  for (let at = 0; at < text.length && backticks !== -1;) {
    const end = lineEnd(text, at);
    const block = backticks < end ? (fenceAt(text, at) ?? fenceWithin(text, backticks)) : null;
    if (block !== null) {
      found.push(...inlineCode(text, proseFrom, block.start), block);
      proseFrom = block.end;
    }
    // What follows a block on its last line may begin another.
    if (block !== null) at = block.end;
    else at = backticks < end ? runEnd(text, backticks) : end + 1;
    if (backticks < at) backticks = text.indexOf('```', at);
  }
  found.push(...inlineCode(text, proseFrom, text.length));
  return found;
}

/** A text as pieces of prose and code, which put together are the text. */
export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const { start, end } of codeIn(text)) {
    if (start > at) spans.push({ code: false, text: text.slice(at, start) });
    spans.push({ code: true, text: text.slice(start, end) });
    at = end;
  }
  if (at < text.length) spans.push({ code: false, text: text.slice(at) });
  return spans;
}

/** The text with a change made to its prose only. */
export function mapProse(text: string, change: (prose: string) => string): string {
  return spansOf(text)
    .map(({ code, text }) => (code ? text : change(text)))
    .join('');
}

/** A block that begins its line: it ends at a line of at least as many backticks, or one that ends with three. */
function fenceAt(text: string, at: number): Code | null {
  if (at > 0 && text.charAt(at - 1) !== '\n') return null;
  FENCE.lastIndex = at;
  const [, before = '', mark, info = ''] = FENCE.exec(text) ?? [];
  if (mark === undefined) return null;
  const isQuoted = before.includes('>');
  const indent = /[ \t]*$/.exec(before)?.[0].length ?? 0;
  const language = /^[\w+\-.#]+$/.test(info.trim()) ? info.trim() : '';
  const lines = language === '' && info.trim() !== '' ? [info.trim()] : [];
  let end = lineEnd(text, at);
  while (end < text.length) {
    const whole = text.slice(end + 1, lineEnd(text, end + 1));
    // A quotation ends where its marks do, and what is in it as well.
    if (isQuoted && !/^ *>/.test(whole)) break;
    end += 1 + whole.length;
    const line = isQuoted ? whole.replace(/^ *> ?/, '') : whole;
    const closing = line.trim();
    if (closing.length >= mark.length && closing.replaceAll('`', '') === '') break;
    const closesWithin = mark.length === 3 && closing.endsWith('```');
    lines.push(unindented(closesWithin ? line.trimEnd().replace(/`+$/, '') : line, indent));
    if (closesWithin) break;
  }
  return { start: at + before.length, end, block: true, language, content: lines.join('\n') };
}

/** A block that begins within a line goes to the next three backticks, or is none. */
function fenceWithin(text: string, backticks: number): Code | null {
  const start = backticks + (isEscaped(text, backticks) ? 1 : 0);
  const from = runEnd(text, start);
  const close = from - start < 3 ? -1 : text.indexOf('```', from);
  if (close === -1) return null;
  const inside = text.slice(from, close);
  const [head = '', language = ''] = /^([\w+\-.#]+)\n/.exec(inside) ?? [];
  return { start, end: runEnd(text, close), block: true, language, content: inside.slice(head.length) };
}

function inlineCode(text: string, from: number, to: number): Code[] {
  return runsIn(text, from, to).flatMap(({ start, length, closedAt }) => {
    if (closedAt === null) return [];
    const content = text.slice(start + length, closedAt);
    return [{ start, end: closedAt + length, block: false, language: '', content }];
  });
}

/**
 * The runs of backticks outside of code. One or two of them open code where a run of equal length follows in the same
 * paragraph. A backtick behind a backslash belongs to no opening run; within code a backslash means nothing.
 */
function runsIn(text: string, from: number, to: number) {
  const piece = text.slice(from, to);
  let paragraph = 0;
  const all = [...piece.matchAll(RUN_OR_END)].flatMap(({ index, 0: run }) => {
    if (run.startsWith('\n')) paragraph += 1;
    return run.startsWith('\n')
      ? []
      : [{ index, length: run.length, paragraph, skip: isEscaped(piece, index) ? 1 : 0 }];
  });
  // Where the next run of a length stands is looked up from the end, so that each takes one step.
  const later = new Map<string, number>();
  const closing: (number | undefined)[] = [];
  for (const [at, { length, skip, paragraph }] of [...all.entries()].reverse()) {
    if (length - skip === 1 || length - skip === 2) closing[at] = later.get(`${paragraph}:${length - skip}`);
    later.set(`${paragraph}:${length}`, at);
  }
  const outside: { readonly start: number; readonly length: number; readonly closedAt: number | null }[] = [];
  for (let at = 0; at < all.length; at += 1) {
    const { index = 0, length = 0, skip = 0 } = all[at] ?? {};
    const close = closing[at];
    const closedAt = close === undefined ? null : from + (all[close]?.index ?? 0);
    outside.push({ start: from + index + skip, length: length - skip, closedAt });
    if (close !== undefined) at = close;
  }
  return outside;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charAt(before - 1) === '\\') before -= 1;
  return (at - before) % 2 === 1;
}

function runEnd(text: string, at: number): number {
  let end = at;
  while (text.charAt(end) === '`') end += 1;
  return end;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function unindented(line: string, by: number): string {
  let from = 0;
  while (from < by && /[ \t]/.test(line.charAt(from))) from += 1;
  return line.slice(from);
}
