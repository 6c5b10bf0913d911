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
  return closenessOf(similarity, relevance) + (unknownName ? 0 : coverage) >= 1;
}

/** Vectors alone make a passage worth showing when they go this part of the way to being enough; measured. */
const closeEnough = 0.5;

/** Whether a passage that has none of the question's words is near to it all the same. */
export function isClose(similarity: number | null, relevance: Relevance): boolean {
  return similarity !== null && closenessOf(similarity, relevance) >= closeEnough;
}

function closenessOf(
  similarity: number,
  { similarityFloor, unrelatedSimilarity = 0.8 * similarityFloor }: Relevance,
): number {
  return Math.max(0, similarity - unrelatedSimilarity) / (similarityFloor - unrelatedSimilarity);
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
