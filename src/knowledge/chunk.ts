import { AppError } from '../errors.ts';
import { embeddableText, textHashOf } from './hash-model.ts';
import type { NewChunk } from './model.ts';
import type { Block } from './ports.ts';
import { splitBlock } from './split.ts';
import { estimateTokens } from './tokens.ts';
import { searchWords } from './words.ts';

export interface ChunkSizes {
  /** Neighbouring blocks of a section are put together up to this many tokens. */
  readonly targetTokens: number;
  /** No chunk has more; a code block or table that fits stays whole. */
  readonly maxTokens: number;
  readonly maxChunks: number;
}

export const DEFAULT_SIZES: ChunkSizes = { targetTokens: 350, maxTokens: 512, maxChunks: 20_000 };

interface Piece {
  readonly headings: readonly string[];
  readonly text: string;
  readonly tokens: number;
}

/**
 * Blocks to chunks, in order. A heading with no text under it makes none.
 * @throws AppError `invalid` when there would be more than `maxChunks`
 */
export function chunkBlocks(
  title: string,
  blocks: Iterable<Block>,
  { name = '', ...sizes }: Partial<ChunkSizes> & { readonly name?: string } = {},
): NewChunk[] {
  const { targetTokens, maxTokens, maxChunks } = { ...DEFAULT_SIZES, ...sizes };
  const merged: Piece[] = [];
  for (const piece of piecesOf(blocks, targetTokens, maxTokens)) {
    const last = merged.at(-1);
    if (last && belongTogether(last, piece, targetTokens, maxTokens)) merged[merged.length - 1] = join(last, piece);
    else if (merged.push(piece) > maxChunks) throw tooManyChunks(maxChunks);
  }
  return merged.map((piece, ordinal) => finish(title, piece, ordinal, name));
}

function* piecesOf(blocks: Iterable<Block>, target: number, max: number): Iterable<Piece> {
  for (const block of blocks) {
    const tokens = estimateTokens(block.text);
    const texts = tokens <= max ? [block.text] : splitBlock(block, target);
    for (const text of texts) {
      yield { headings: block.headings, text, tokens: texts.length === 1 ? tokens : estimateTokens(text) };
    }
  }
}

/** Small neighbours are joined up to the target; a very small one (a lead-in, a remark) also goes beyond it. */
function belongTogether(a: Piece, b: Piece, target: number, max: number): boolean {
  if (a.headings !== b.headings) return false;
  const sum = a.tokens + b.tokens + 1;
  return sum <= target || (sum <= max && Math.min(a.tokens, b.tokens) < target / 5);
}

function join(a: Piece, b: Piece): Piece {
  return { headings: a.headings, text: `${a.text}\n\n${b.text}`, tokens: a.tokens + b.tokens + 1 };
}

function finish(title: string, piece: Piece, ordinal: number, name: string): NewChunk {
  const headings = piece.headings[0] === title ? piece.headings.slice(1) : piece.headings; // the title is said once
  const embeddable = embeddableText(title, headings, piece.text);
  return {
    ordinal,
    headings,
    text: piece.text,
    tokens: estimateTokens(piece.text),
    textHash: textHashOf(title, headings, piece.text),
    // Folders and files are often named after what they are about: `slash-commands/deleting-commands.md`.
    words: [`${embeddable.title}\n${withoutEnding(name)}`, embeddable.text]
      .map((part) => searchWords(part).join(' '))
      .join('\n'),
  };
}

function withoutEnding(name: string): string {
  return name.replace(/(?:^|(?<=\/))(?:readme|index)\.\w+$|\.\w{1,8}$/iu, '');
}

function tooManyChunks(most: number): AppError {
  return new AppError('invalid', {
    en: `This document falls into more than ${most} passages. Split it into several files and add them one by one.`,
    ja: `この文書は 該当箇所が ${most} 件を超えてしまいます。いくつかのファイルに分けて、順に追加してください。`,
  });
}
