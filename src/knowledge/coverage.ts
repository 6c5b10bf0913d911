import { commonWords } from './common-words.ts';
import type { StoredPassage } from './store-ports.ts';
import { searchWords } from './words.ts';

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

/**
 * How much of what a question is about the best of these passages contains, 0…1: the share of the question's content
 * words, rarer words counting more, by the passage that has most.
 */
export function coverage(
  content: readonly string[],
  { chunks, frequencies }: WordFrequencies,
  passages: readonly Pick<StoredPassage, 'title' | 'headings' | 'text'>[],
): number {
  const total = Math.max(chunks, leastPassages);
  const weights = content.map((word) => [stem(word), Math.log(total / (1 + (frequencies.get(word) ?? 0)))] as const);
  const sum = weights.reduce((all, [, weight]) => all + Math.max(0, weight), 0);
  if (sum <= 0) return 0;
  const shares = passages.map(({ title, headings, text }) => {
    const has = new Set(searchWords([title, ...headings, text].join('\n')).map(stem));
    return weights.reduce((covered, [word, weight]) => covered + (has.has(word) ? Math.max(0, weight) : 0), 0) / sum;
  });
  return Math.max(0, ...shares);
}

const endings = /(?:ations?|ings?|ied|ies|ers?|ed|es|s|e|ly)$/u;

/** Rough on purpose: it need only tell that `intents` is `intent` and `restored` is `restore`. */
function stem(word: string): string {
  const short = word.replace(endings, '');
  return short.length >= 3 ? short : word;
}
