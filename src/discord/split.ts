import { codeIn } from '../knowledge/code-spans.ts';
import { codeBlocks, type CodeBlock } from './code-blocks.ts';
import { marksAround, markedSpans } from './marked-spans.ts';

const SMALLEST_LIMIT = 64;
/** Room for a mark that closes a block. */
const CLOSING = 16;
/** What must not be torn apart, as inline code must not: escapes, links, citations, mentions and timestamps, addresses, bold text. */
const WHOLE =
  /\\[^\w\s]|!?\[[^\]\n]{0,300}\]\([^)\s]{0,500}\)|[[［【]\d[\d,、\s–-]{0,30}[\]］】]|<(?:@[!&]?|#|a?:\w{1,32}:|t:|https?:)[^>\s]{1,500}>|@(?:everyone|here)|https?:\/\/[^\s<>]{1,500}|\*\*[^*\n]{1,300}\*\*/g;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Where a cut is best, and how much of the room must be used for it to be worth it. Read from the top. */
const ENDS: readonly (readonly [end: RegExp, share: number])[] = [
  [/\n\s*\n$/, 0.5],
  [/\n$/, 0.5],
  [/(?:[.!?]["')\]]?\s|[。！？][」』）]?)$/, 0.4],
  [/\s$/, 0.2],
  [/\n$/, 0],
  [/\s$/, 0],
];

/**
 * Cuts a text into messages of at most `limit` UTF-16 units. Discord counts code points (discord-api-docs issue 1315),
 * of which there are never more, so both ways of counting are safe. Code blocks that go on in the next message are
 * closed and opened again, as are spoilers and other marks; white space at a seam outside code is dropped; a text of white space gives no message.
 */
export function splitMessage(text: string, limit = 2000): string[] {
  if (limit < SMALLEST_LIMIT) throw new RangeError(`A limit of ${limit} is too small: at least ${SMALLEST_LIMIT}.`);
  const blocks = codeBlocks(text);
  const spans = markedSpans(text, blocks);
  const whole = wholeParts(text, blocks, limit);
  // Nobody sees a mark with nothing in it as one.
  for (const { start, bodyStart, bodyEnd, end } of spans) {
    whole.fill(1, start + 1, bodyStart + 1);
    whole.fill(1, bodyEnd, end);
  }
  const parts: string[] = [];
  let from = 0;
  while (from < text.length) {
    const opened = blockAround(blocks, from);
    const head = opened === null ? marksAround(spans, from).join('') : `${opened.opening}\n`;
    const to = cutAfter(
      text,
      from,
      limit - head.length - spans.reduce((most, { depth }) => Math.max(most, depth), 0),
      blocks,
      whole,
    );
    const left = blockAround(blocks, to);
    const part = head + text.slice(from, to);
    if (left === null) parts.push(part.trimEnd() + marksAround(spans, to).reverse().join(''));
    else parts.push(`${part}${part.endsWith('\n') ? '' : '\n'}${left.mark}`);
    from = to;
    if (left === null) while (/\s/.test(text.charAt(from))) from += 1;
  }
  return parts.filter((part) => part.trim() !== '');
}

function cutAfter(text: string, from: number, room: number, blocks: readonly CodeBlock[], whole: Uint8Array): number {
  const closing = blocks.reduce((longest, { mark }) => Math.max(longest, mark.length + 1), 0);
  // The end itself needs a closing mark only where the text forgot it.
  const missing = blockAround(blocks, text.length) === null ? 0 : closing;
  if (text.length - from + missing <= room) return text.length;
  const furthest = from + room - closing;
  const best = bestEnd(text, from, furthest, whole);
  // A block that would fit into a message of its own is not torn apart, unless this message would be nearly empty.
  const torn = blockAround(blocks, best);
  if (torn !== null && torn.start - from > room * 0.3 && torn.end - torn.start <= room) return torn.start;
  return best;
}

function bestEnd(text: string, from: number, furthest: number, whole: Uint8Array): number {
  for (const [end, share] of ENDS) {
    const nearest = from + Math.max(1, Math.floor((furthest - from) * share));
    for (let to = furthest; to >= nearest; to -= 1) {
      if (whole[to] !== 1 && end.test(text.slice(Math.max(from, to - 4), to))) return to;
    }
  }
  return lastGrapheme(text, from, furthest, whole) ?? lastGrapheme(text, from, furthest, null) ?? furthest;
}

function lastGrapheme(text: string, from: number, furthest: number, whole: Uint8Array | null): number | null {
  // Segmenting starts anew at white space or, in an unbroken run, well before the place that matters.
  const start = Math.max(from, furthest - 400);
  let last: number | null = null;
  for (const { index } of graphemes.segment(text.slice(start, furthest + 40))) {
    const at = start + index;
    if (at > from && at <= furthest && whole?.[at] !== 1) last = at;
  }
  if (last !== null || whole !== null) return last;
  return /[\udc00-\udfff]/.test(text.charAt(furthest)) && furthest - 1 > from ? furthest - 1 : null;
}

/** 1 at each position where the text must not be cut. */
function wholeParts(text: string, blocks: readonly CodeBlock[], limit: number): Uint8Array {
  const whole = new Uint8Array(text.length + 1);
  for (const found of text.matchAll(WHOLE)) {
    const inside = blocks.some(({ start, end }) => found.index >= start && found.index < end);
    if (inside || found[0].length > limit / 2) continue;
    whole.fill(1, found.index + 1, found.index + found[0].length);
    // A citation stays with the sentence it belongs to.
    if (/^[[［【]\d/.test(found[0])) {
      for (let at = found.index; at > 0 && (at === found.index || text.charAt(at) === ' '); at -= 1) whole[at] = 1;
    }
  }
  // What begins a message begins a line: there this would be larger or smaller print, behind other marks as well.
  for (const { index, 0: print } of text.matchAll(/(?<=\S)(?:[*_~|>]|[^\S\n]){0,16}(?:#{1,3}|-#)\s/g))
    whole.fill(1, index, index + print.length);
  // Half of it would be read as prose, and what follows as code.
  for (const { start, end, block } of codeIn(text)) {
    if (!block && end - start <= limit - CLOSING) whole.fill(1, start + 1, end);
  }
  // No cut within a block's first and last line, nor next to them inside: that would leave an empty block.
  for (const { start, bodyStart, bodyEnd, end } of blocks) {
    whole.fill(1, start + 1, bodyStart + 1);
    whole.fill(1, bodyEnd, end);
  }
  return whole;
}

function blockAround(blocks: readonly CodeBlock[], at: number): CodeBlock | null {
  return blocks.find(({ start, end, closed }) => at > start && (closed ? at < end : at <= end)) ?? null;
}
