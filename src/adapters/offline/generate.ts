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
    async *generate({ question, passages }, signal) {
      const picked = pickSentences(question, passages, vocabulary);
      if (picked.length === 0) yield noAnswer;
      for (const [index, piece] of picked.entries()) {
        if (signal?.aborted === true) throw cancelled(signal.reason);
        yield rendered(piece, picked[index - 1]);
      }
    },
  };
}

function rendered({ unit, number }: Picked, before: Picked | undefined): string {
  // A block of code is of the passage that the sentence before it has cited.
  if (unit.kind === 'code' || unit.kind === 'table') return `\n${unit.text}`;
  const cited = `${unit.text} [${number}]`;
  if (unit.kind === 'item') return before === undefined ? `- ${cited}` : `\n- ${cited}`;
  if (before === undefined) return cited;
  return before.unit.kind === 'sentence' && before.number === number ? ` ${cited}` : `\n\n${cited}`;
}

function cancelled(cause: unknown): AppError {
  return new AppError('aborted', { en: 'The answer was cancelled.', ja: '回答は取り消されました。' }, { cause });
}
