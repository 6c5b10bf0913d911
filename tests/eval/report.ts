import type { Measured, Measurement } from './measure.ts';

export interface Reported {
  readonly title: string;
  readonly measurement: Measurement;
}

/** The table people read, and in words what it means. Figures to four places; recall and nDCG are 0…1. */
export function reportOn({ title, measurement: { bm25, vectors, hybrid, refused } }: Reported): string {
  return [
    title,
    '                 recall@5   nDCG@10   ms/question (p50)',
    row('BM25 alone', bm25),
    row('vectors alone', vectors),
    row('hybrid', hybrid),
    `  The hybrid is ${gap(hybrid.recallAt5, bm25.recallAt5, vectors.recallAt5)} the better leg in recall@5 and ` +
      `${gap(hybrid.ndcgAt10, bm25.ndcgAt10, vectors.ndcgAt10)} it in nDCG@10.`,
    `  It would refuse ${(refused * 100).toFixed(1)} % of these questions, all of which have an answer here.`,
  ].join('\n');
}

/** Whether the hybrid is below BM25 or the vectors in either figure. */
export function isBelow({ bm25, vectors, hybrid }: Measurement): boolean {
  return (
    hybrid.recallAt5 < Math.max(bm25.recallAt5, vectors.recallAt5) ||
    hybrid.ndcgAt10 < Math.max(bm25.ndcgAt10, vectors.ndcgAt10)
  );
}

function row(name: string, { recallAt5, ndcgAt10, p50Ms }: Measured): string {
  return `  ${name.padEnd(14)} ${recallAt5.toFixed(4).padStart(8)}  ${ndcgAt10.toFixed(4).padStart(8)}   ${p50Ms.toFixed(1).padStart(6)}`;
}

function gap(value: number, ...legs: readonly number[]): string {
  const difference = value - Math.max(...legs);
  if (difference === 0) return 'level with';
  return `${Math.abs(difference).toFixed(4)} ${difference > 0 ? 'above' : 'BELOW'}`;
}
