import type { CodeBlock } from './code-blocks.ts';

/** A spoiler or another mark with what it is around, as positions in the text. */
export interface MarkedSpan {
  readonly mark: string;
  readonly start: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly end: number;
  /** The length of the marks around its body, its own included. */
  readonly depth: number;
}

const INSIDE = String.raw`(?:\\[^]|${'`'}[^${'`'}\n]*${'`'}|(?!\n[ \t]*\n)[^]){1,4000}?`;
const MARKS = [String.raw`\|\|`, String.raw`\*\*`, '__', '~~'].map(
  (mark) => new RegExp(String.raw`(?<![\\${mark.slice(-1)}])(${mark})(?=\S)(?:${INSIDE})\1`, 'g'),
);

/** The spans outside of blocks of code, outer ones first. */
export function markedSpans(text: string, blocks: readonly CodeBlock[]): MarkedSpan[] {
  const found = MARKS.flatMap((pattern) => Array.from(text.matchAll(pattern)))
    .map(({ index: start, 0: whole, 1: mark = '' }) => ({ mark, start, end: start + whole.length }))
    .filter(({ start, end }) => blocks.every((block) => end <= block.start || start >= block.end))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const spans: MarkedSpan[] = [];
  for (const { mark, start, end } of found) {
    const around = spans.filter((span) => span.bodyStart <= start && start < span.bodyEnd);
    // Spans that cross are none.
    if (around.some((span) => end > span.bodyEnd)) continue;
    const depth = around.reduce((sum, span) => sum + span.mark.length, mark.length);
    spans.push({ mark, start, bodyStart: start + mark.length, bodyEnd: end - mark.length, end, depth });
  }
  return spans;
}

/** The marks that are open at a position, the outermost first. */
export function marksAround(spans: readonly MarkedSpan[], at: number): string[] {
  return spans.filter(({ bodyStart, bodyEnd }) => at > bodyStart && at < bodyEnd).map(({ mark }) => mark);
}
