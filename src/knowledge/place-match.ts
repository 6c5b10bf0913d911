import { commonWords } from './common-words.ts';
import type { WordFrequencies } from './coverage.ts';
import { stem, wordWeight } from './coverage.ts';
import type { StoredPassage } from './store-ports.ts';
import { searchWords } from './words.ts';

/**
 * How well the title and the best heading of each passage say what is asked, added, 0…2: each the share of the
 * question's content words that it has, rarer ones counting more, times the share of its own words that the question
 * has. "Modals" says more of "open a modal" than "Opening the terminal" does.
 */
export function placeMatch(
  content: readonly string[],
  counted: WordFrequencies,
  passages: readonly Pick<StoredPassage, 'title' | 'headings'>[],
): number[] {
  const weights = new Map<string, number>();
  for (const word of content) weights.set(stem(word), wordWeight(word, counted));
  const sum = [...weights.values()].reduce((all, weight) => all + weight, 0);
  const known = new Map<string, number>();

  function matchOf(heading: string): number {
    const earlier = known.get(heading);
    if (earlier !== undefined) return earlier;
    const words = new Set(
      searchWords(heading)
        .filter((word) => !commonWords.has(word))
        .map(stem),
    );
    const shared = [...words].filter((word) => weights.has(word));
    const covered = shared.reduce((all, word) => all + (weights.get(word) ?? 0), 0);
    const match = shared.length === 0 ? 0 : (covered / sum) * (shared.length / words.size);
    known.set(heading, match);
    return match;
  }

  if (sum <= 0) return passages.map(() => 0);
  return passages.map(({ title, headings }) => matchOf(title) + Math.max(0, ...headings.map(matchOf)));
}
