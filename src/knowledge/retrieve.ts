import { setImmediate as nextTurn } from 'node:timers/promises';
import { agreement, literalPieces } from './agreement.ts';
import type { Retriever } from './api.ts';
import { contentWords, coverage } from './coverage.ts';
import { fuse, fusionDepth } from './fuse.ts';
import type { Ranked } from './fuse.ts';
import type { Passage } from './model.ts';
import { createNeighbourSearch } from './neighbours.ts';
import type { Neighbourhood, NeighbourSearch } from './neighbours.ts';
import { placeMatch } from './place-match.ts';
import type { Embedder, KnowledgeStore } from './ports.ts';
import { isClose, isRelevant, namesIn } from './relevance.ts';
import type { StoredPassage } from './store-ports.ts';
import { throwIfAborted } from './within.ts';
import { searchWords } from './words.ts';

/** A question's further words say nothing that its first did not. */
const mostQuestionWords = 128;
/** So many of the best passages are looked into for evidence that the question is covered. */
const evidencePassages = 5;

/** Turns of the event loop until a request that was just made is on its way; measured. */
const headStartTurns = 2;
/** The best so many are read again for what they share literally with the question; measured, as is its weight. */
const rereadPassages = 16;
const agreementWeight = 0.3;
/** Likewise what the title and headings say of it. */
const placeWeight = 0.6;

export interface RetrieverParts
  extends
    Pick<NeighbourSearch, 'index' | 'clock'>,
    Partial<Pick<NeighbourSearch, 'timeoutMs' | 'onFailure' | 'isLost' | 'isRepaired'>> {
  readonly store: Pick<KnowledgeStore, 'searchWords' | 'wordFrequencies' | 'passages' | 'vectors'>;
  readonly embedder: Pick<Embedder, 'space' | 'relevance' | 'embedQuery'>;
}

/** Finds passages by words and vectors together. How well it does is measured by `npm run eval`. */
export function createRetriever({
  store,
  embedder,
  timeoutMs = 5_000,
  onFailure,
  ...parts
}: RetrieverParts): Retriever {
  const findNeighbours = createNeighbourSearch({
    ...parts,
    embedder,
    timeoutMs,
    onFailure: onFailure ?? (() => undefined),
  });

  async function byWords(guildId: string, words: readonly string[]): Promise<Ranked[]> {
    // The request for the neighbours leaves first, so that both searches go on at the same time: this one holds the thread.
    for (let turn = 0; turn < headStartTurns; turn += 1) await nextTurn();
    const hits = await store.searchWords(guildId, words, fusionDepth);
    return hits.map(({ chunkId, score }) => ({ id: chunkId, score }));
  }

  /** The best of a ranking that may be shown: what was removed meanwhile makes room for what comes after it. */
  function load(guildId: string, ranking: readonly Ranked[], limit: number): StoredPassage[] {
    const loaded: StoredPassage[] = [];
    for (let start = 0; loaded.length < limit && start < ranking.length; start += limit) {
      const ids = ranking.slice(start, start + limit).map(({ id }) => id);
      loaded.push(...store.passages(guildId, ids));
    }
    return loaded.slice(0, limit);
  }

  /** The first passages of a ranking with their final scores, best first. */
  function reread(
    guildId: string,
    question: string,
    content: readonly string[],
    ranking: readonly Ranked[],
    limit: number,
  ) {
    const fused = new Map(ranking.map(({ id, score }) => [id, score]));
    const stored = load(guildId, ranking, Math.max(limit, rereadPassages));
    const texts = stored.slice(0, rereadPassages).map(wholeText);
    const shares = agreement(literalPieces(question), texts);
    const places = placeMatch(content, store.wordFrequencies(content), stored.slice(0, rereadPassages));
    return stored
      .map((passage, place) => ({
        passage,
        literal: (shares[place] ?? 0) + (places[place] ?? 0) > 0,
        score:
          (fused.get(passage.chunkId) ?? 0) +
          agreementWeight * (shares[place] ?? 0) +
          placeWeight * (places[place] ?? 0),
      }))
      .sort((a, b) => b.score - a.score || a.passage.chunkId - b.passage.chunkId)
      .slice(0, limit);
  }

  /** Every passage's similarity, those included that words alone found. */
  function similarities({ vector, neighbours }: Neighbourhood, ids: readonly number[]): Map<number, number> {
    const known = new Map(neighbours.map(({ id, similarity }) => [id, similarity]));
    if (vector === null) return known;
    const unknown = ids.filter((id) => !known.has(id));
    for (const { chunkId, vector: other } of store.vectors(embedder.space.id, unknown)) {
      known.set(chunkId, cosine(vector, other));
    }
    return known;
  }

  function covers(question: string, words: readonly string[], passages: readonly Passage[]): boolean {
    const read = passages.slice(0, evidencePassages);
    const content = contentWords(words);
    const names = namesIn(question).flatMap(searchWords);
    const counted = store.wordFrequencies([...new Set([...content, ...names])]);
    const known = read.map(({ similarity }) => similarity).filter((similarity) => similarity !== null);
    const evidence = {
      coverage: coverage(content, counted, read),
      similarity: known.length > 0 ? Math.max(...known) : null,
      unknownName: names.some((name) => (counted.frequencies.get(name) ?? 0) === 0),
    };
    return isRelevant(evidence, embedder.relevance);
  }

  return {
    async retrieve(guildId, question, limit, signal) {
      throwIfAborted(signal);
      const words = [...new Set(searchWords(question))].slice(0, mostQuestionWords);
      const [near, hits] = await Promise.all([
        findNeighbours(guildId, question, signal),
        byWords(guildId, contentWords(words)),
      ]);
      throwIfAborted(signal);
      const closest = near.neighbours.map(({ id, similarity }) => ({ id, score: similarity }));
      const ranking = fuse(hits, closest, embedder.relevance.vectorWeight);
      const best = reread(guildId, question, contentWords(words), ranking, limit);
      const bm25 = new Map(hits.map(({ id, score }) => [id, score]));
      const similar = similarities(
        near,
        best.map(({ passage }) => passage.chunkId),
      );
      const passages = best.flatMap(({ passage, score, literal }): Passage[] => {
        const id = passage.chunkId;
        const [similarity, words] = [similar.get(id) ?? null, bm25.get(id) ?? null];
        // Every vector has neighbours, whatever was asked: far ones are not shown as if they had been found.
        if (words === null && !literal && !isClose(similarity, embedder.relevance)) return [];
        return [Object.assign(passage, { score, similarity, bm25: words })];
      });
      const relevant = passages.length > 0 && covers(question, words, passages);
      return { passages, vectors: near.vector !== null, notice: near.notice, relevant };
    },
  };
}

function wholeText({ title, headings, text }: StoredPassage): string {
  return [title, ...headings, text].join('\n');
}

/** Of L2-normalised vectors. */
function cosine(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, place) => sum + value * (other[place] ?? 0), 0);
}
