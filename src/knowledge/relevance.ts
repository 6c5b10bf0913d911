import type { Relevance } from './ports.ts';

/** With words alone: so much of what is asked about must be in one passage. */
const coverageAlone = 0.5;

export interface Evidence {
  /** How much of what the question is about the best passage contains, 0…1. */
  readonly coverage: number;
  /** Of the passages found, the highest cosine similarity; null when vectors did not take part. */
  readonly similarity: number | null;
  /** The question names something that no passage mentions. */
  readonly unknownName: boolean;
}

/**
 * Whether what was found is evidence that the question is covered. Words and vectors add up, each counting 1 when it
 * would be enough alone; a name that is nowhere in the knowledge leaves only the vectors to speak for the passages.
 */
export function isRelevant({ coverage, similarity, unknownName }: Evidence, relevance: Relevance): boolean {
  if (similarity === null) return coverage >= coverageAlone && !unknownName;
  const { similarityFloor, unrelatedSimilarity = 0.8 * similarityFloor } = relevance;
  const closeness = Math.max(0, similarity - unrelatedSimilarity) / (similarityFloor - unrelatedSimilarity);
  return closeness + (unknownName ? 0 : coverage) >= 1;
}

const sentenceEnd = /[.!?:。！？]\s*$/u;
const capitalised = /(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{N}]+/gu;
const uncapitalised = /(?<![\p{L}\p{N}])\p{Ll}{2}/u;

/**
 * Words of a question that are names by their capital, as `France` in "the capital of France?": those that begin a
 * sentence say nothing, nor does a question that is capitalised throughout.
 */
export function namesIn(question: string): string[] {
  if (!uncapitalised.test(question)) return [];
  return [...question.matchAll(capitalised)]
    .filter(({ index }) => {
      const before = question.slice(0, index).trimEnd();
      return before !== '' && !sentenceEnd.test(before);
    })
    .map(([name]) => name);
}
