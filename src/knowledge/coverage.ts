import { commonWords } from './common-words.ts';
import type { StoredPassage } from './store-ports.ts';

/** In a smaller store no word is taken to be more telling than it would be among this many passages. */
const leastPassages = 1000;

export interface WordFrequencies {
  readonly chunks: number;
  readonly frequencies: ReadonlyMap<string, number>;
}

/** The words that say what a question is about; all of them when it has no others. */
export function contentWords(words: readonly string[]): string[] {
  const distinct = [...new Set(words)];
  const content = distinct.filter((word) => !commonWords.has(word));
  return content.length > 0 ? content : distinct;
}

/** The rarer, the more; 0 for what is everywhere. */
export function wordWeight(word: string, { chunks, frequencies }: WordFrequencies): number {
  return Math.max(0, Math.log(Math.max(chunks, leastPassages) / (1 + (frequencies.get(word) ?? 0))));
}

/**
 * How much of what a question is about the best of these passages contains, 0…1: the share of the question's content
 * words, rarer words counting more, by the passage that has most.
 */
export function coverage(
  content: readonly string[],
  counted: WordFrequencies,
  passages: readonly Pick<StoredPassage, 'title' | 'headings' | 'text'>[],
): number {
  const weights = content.map((word) => ({ isIn: mention(word), weight: wordWeight(word, counted) }));
  const sum = weights.reduce((all, { weight }) => all + weight, 0);
  if (sum <= 0) return 0;
  const shares = passages.map(({ title, headings, text }) => {
    const whole = [title, ...headings, text].join('\n').normalize('NFKC').toLowerCase();
    return weights.reduce((covered, { isIn, weight }) => covered + (isIn(whole) ? weight : 0), 0) / sum;
  });
  return Math.max(0, ...shares);
}

const letter = /[\p{L}\p{M}\p{N}]/u;
const wordEnd = /^(?:ations?|ings?|ied|ies|ers?|ed|es|s|e|ly)?(?![\p{L}\p{M}\p{N}])/u;
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;
/** A stem this long is hardly a part of another word by chance, but often one of an identifier. */
const tellingLength = 5;

/** Whether a text mentions a word, told without cutting the text into words, which would cost more than the search. */
function mention(word: string): (text: string) => boolean {
  const piece = stem(word);
  if (piece.length >= tellingLength || unspaced.test(piece)) return (text) => text.includes(piece);
  return (text) => {
    for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) {
      const after = text.slice(at + piece.length, at + piece.length + 8);
      if (!letter.test(text.charAt(at - 1)) && wordEnd.test(after)) return true;
    }
    return false;
  };
}

const endings = /(?:ations?|ings?|ied|ies|ers?|ed|es|s|e|ly)$/u;

/** Rough on purpose: it need only tell that `intents` is `intent` and `restored` is `restore`. */
export function stem(word: string): string {
  const short = word.replace(endings, '');
  return short.length >= 3 ? short : word;
}
