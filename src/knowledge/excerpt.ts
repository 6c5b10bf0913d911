import { beginning } from '../plain-text.ts';
import { spansOf } from './code-spans.ts';
import type { NumberedPassage } from './ports.ts';

const EXCERPTS = 3;
const EXCERPT_LENGTH = 450;
const CODE_LENGTH = 700;
const sentences = new Intl.Segmenter('ja', { granularity: 'sentence' });

/** The best passages as the answer, each shortened to whole sentences and cited: what is left when nobody can write. */
export function passagesAsAnswer(passages: readonly NumberedPassage[]): string {
  return passages
    .slice(0, EXCERPTS)
    .map(({ number, passage }) => {
      const excerpt = excerptOf(passage.text);
      return `${excerpt}${excerpt.endsWith('```') ? '\n' : ' '}[${number}]`;
    })
    .join('\n\n');
}

/** The beginning of a text in whole sentences and whole blocks of code, without headings. */
export function excerptOf(text: string, limit = EXCERPT_LENGTH): string {
  let excerpt = '';
  for (const block of blocksOf(text)) {
    if (block.startsWith('```')) {
      if (excerpt.length + block.length > limit + CODE_LENGTH) break;
      excerpt += `\n${block}`;
    } else {
      const room = limit - excerpt.length;
      const start = startOf(block, room);
      excerpt += `\n${start}`;
      if (start.length < block.length) break;
    }
    if (excerpt.length >= limit) break;
  }
  return excerpt.trim() === ''
    ? `${text
        .slice(0, limit - 1)
        .replaceAll('`', '')
        .trim()}…`
    : excerpt.trim();
}

function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  for (const { code, text: span } of spansOf(text)) {
    if (code && span.startsWith('```')) blocks.push(span.endsWith('```') && span.length > 5 ? span : `${span}\n\`\`\``);
    // Inline code belongs to the prose around it.
    else if (blocks.length > 0 && blocks.at(-1)?.startsWith('```') === false)
      blocks.push(`${blocks.pop() ?? ''}${span}`);
    else blocks.push(span);
  }
  return blocks
    .map((block) => (block.startsWith('```') ? block : withoutHeadings(block)))
    .filter((block) => block !== '');
}

function withoutHeadings(prose: string): string {
  return prose
    .replace(/^#{1,6}[ \t].*$/gm, '')
    .replace(/^:{3,}.*$/gm, '')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

function startOf(prose: string, room: number): string {
  if (prose.length <= room) return prose;
  let start = '';
  for (const { segment } of sentences.segment(prose.slice(0, room + 1_000))) {
    if (start.length + segment.length > room) break;
    start += segment;
  }
  // A sentence longer than the room is cut after a word.
  if (start.trim() === '') return `${beginning(prose, Math.max(40, room)).replace(/\s\S*$/, '')} …`;
  return start.trimEnd();
}
