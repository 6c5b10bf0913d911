import { AppError } from '../../errors.ts';
import type { Generator } from '../../knowledge/ports.ts';
import type { Vocabulary } from './features.ts';
import { pickSentences, type Picked } from './pick.ts';

export interface OfflineGeneratorOptions {
  readonly vocabulary: Vocabulary;
  /** What a generator writes when the passages do not contain the answer. */
  readonly noAnswer: string;
}

/**
 * The generator that needs no key and no network. It writes nothing of its own: its answer is the sentences of the
 * passages that speak most of what the question asks, word for word, each with its citation.
 */
export function createOfflineGenerator({ vocabulary, noAnswer }: OfflineGeneratorOptions): Generator {
  return {
    name: 'offline',
    async *generate({ question, passages, goesOn = false }, signal) {
      if (goesOn) return;
      const picked = pickSentences(question, passages, vocabulary);
      if (picked.length === 0) yield noAnswer;
      for (const index of picked.keys()) {
        if (signal?.aborted === true) throw cancelled(signal.reason);
        yield rendered(picked, index);
      }
    },
  };
}

function rendered(picked: readonly Picked[], index: number): string {
  const piece = picked[index];
  if (piece === undefined) return '';
  const before = picked[index - 1];
  const after = picked[index + 1];
  const { unit, number } = piece;
  // A block of code is of the passage that the sentence before it has cited.
  if (isBlock(piece)) return `\n${unit.text}`;
  // What a sentence announces is not always shown.
  const isFollowed = after !== undefined && after.number === number && after.unit.kind !== 'sentence';
  const text = isFollowed ? unit.text : unit.text.replace(/\s?[:：]$/, (mark) => (mark === '：' ? '。' : '.'));
  const inList =
    unit.kind === 'item' && (before?.unit.kind === 'item' || after?.unit.kind === 'item' || announces(before));
  const cited = `${inList ? '- ' : ''}${text} [${number}]`;
  if (before === undefined) return cited;
  if (inList) return `\n${cited}`;
  return before.unit.kind === 'sentence' && before.number === number ? ` ${cited}` : `\n\n${cited}`;
}

function isBlock({ unit }: Picked): boolean {
  return unit.kind === 'code' || unit.kind === 'table';
}

function announces(piece: Picked | undefined): boolean {
  return piece !== undefined && /[:：]$/.test(piece.unit.text);
}

function cancelled(cause: unknown): AppError {
  return new AppError('aborted', { en: 'The answer was cancelled.', ja: '回答は取り消されました。' }, { cause });
}
