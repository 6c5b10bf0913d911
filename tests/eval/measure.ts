import type { Retriever } from '../../src/knowledge/api.ts';
import type { Embedder, KnowledgeStore, VectorIndex } from '../../src/knowledge/ports.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import type { EvalQuery } from './data-set.ts';
import { mean, ndcgAt, recallAt } from './metrics.ts';

const depth = 10;

export interface Measured {
  readonly recallAt5: number;
  readonly ndcgAt10: number;
  /** Median per question, milliseconds. */
  readonly p50Ms: number;
}

export interface Legs {
  readonly guildId: string;
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
  readonly index: Pick<VectorIndex, 'nearest'>;
  readonly retriever: Retriever;
  readonly passageOf: ReadonlyMap<number, number>;
  readonly queries: readonly EvalQuery[];
}

export interface Measurement {
  readonly bm25: Measured;
  readonly vectors: Measured;
  readonly hybrid: Measured;
  /** Share of the questions, all of which have an answer here, that would be refused. 0…1 */
  readonly refused: number;
}

/** Asks every question three ways. */
export async function measure(legs: Legs): Promise<Measurement> {
  const { guildId, store, embedder, index, retriever } = legs;
  let refused = 0;
  const bm25 = await measureLeg(legs, async (question) => {
    const hits = await store.searchWords(guildId, [...new Set(searchWords(question))], depth);
    return hits.map(({ chunkId }) => chunkId);
  });
  const vectors = await measureLeg(legs, async (question) => {
    const vector = await embedder.embedQuery(question);
    const neighbours = await index.nearest({ guildId, space: embedder.space }, vector, depth);
    return neighbours.map(({ id }) => id);
  });
  const hybrid = await measureLeg(legs, async (question) => {
    const found = await retriever.retrieve(guildId, question, depth);
    if (!found.vectors) throw new Error(`The vectors did not take part: ${found.notice?.en ?? 'no reason given'}`);
    if (!found.relevant) refused += 1;
    return found.passages.map(({ chunkId }) => chunkId);
  });
  return { bm25, vectors, hybrid, refused: refused / legs.queries.length };
}

async function measureLeg(
  { queries, passageOf }: Legs,
  search: (question: string) => Promise<readonly number[]>,
): Promise<Measured> {
  const recalls: number[] = [];
  const gains: number[] = [];
  const times: number[] = [];
  for (const { text, relevant } of queries) {
    const start = performance.now();
    const found = await search(text);
    times.push(performance.now() - start);
    const ranking = found.map((id) => passageOf.get(id) ?? -1);
    recalls.push(recallAt(5, ranking, relevant));
    gains.push(ndcgAt(10, ranking, relevant));
  }
  const p50Ms = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  return { recallAt5: mean(recalls), ndcgAt10: mean(gains), p50Ms };
}
