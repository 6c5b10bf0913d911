import { endWithin, tokenWeight } from './tokens.ts';

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });
const words = new Intl.Segmenter(undefined, { granularity: 'word' });
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A segmenter needs to see what follows a boundary to place it. */
const LOOKAHEAD = 64;

/** Puts units together in order, as many as fit the budget; a unit that does not fit alone is cut by `finer`. */
export function packUnits(units: Iterable<string>, budget: number, finer: (unit: string) => string[]): string[] {
  const pieces: string[] = [];
  let current = '';
  let weight = 0;
  const flush = (): void => {
    if (current.trim() !== '') pieces.push(withoutBlankEdges(current));
    current = '';
    weight = 0;
  };
  for (const unit of units) {
    const own = tokenWeight(unit);
    if (weight + own > budget) flush();
    if (own > budget) pieces.push(...finer(unit));
    else {
      current += unit;
      weight += own;
    }
  }
  flush();
  return pieces;
}

/** Cuts at line ends; a line that is too long is cut as prose. */
export function cutLines(text: string, budget: number): string[] {
  return packUnits(linesOf(text), budget, (line) => cutProse(line, budget));
}

function* linesOf(text: string): Iterable<string> {
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf('\n', from) + 1 || text.length;
    yield text.slice(from, end);
    from = end;
  }
}

/**
 * Cuts at ends of sentences, else between words, else between characters as a reader sees them. The text is looked at
 * through a window of one piece, so that time grows with its length and no more.
 */
export function cutProse(text: string, budget: number): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (from < text.length) {
    const end = endWithin(text, from, budget);
    const cut = end === text.length ? end : from + bestCut(text.slice(from, end + LOOKAHEAD), end - from);
    const piece = text.slice(from, cut).trim();
    if (piece !== '') pieces.push(piece);
    from = cut;
  }
  return pieces;
}

/** Where to cut `window` at or before `limit`, above 0. Better places count only in the window's later part. */
function bestCut(window: string, limit: number): number {
  const sentence = lastBoundary(sentences, window, limit);
  if (sentence >= limit / 3) return sentence;
  const space = window.slice(0, limit).search(/\s\S*$/);
  if (space >= limit / 2) return space + 1;
  const word = lastBoundary(words, window, limit);
  if (word >= limit / 2) return word;
  const grapheme = lastBoundary(graphemes, window, limit);
  if (grapheme > 0) return grapheme;
  return splitsSurrogates(window, limit) ? Math.max(limit - 1, 2) : limit;
}

function lastBoundary(segmenter: Intl.Segmenter, window: string, limit: number): number {
  let last = 0;
  for (const { index } of segmenter.segment(window)) {
    if (index > limit) break;
    last = index;
  }
  return last;
}

function splitsSurrogates(text: string, at: number): boolean {
  return (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** Blank lines go; the first line keeps its indentation. */
function withoutBlankEdges(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
}
