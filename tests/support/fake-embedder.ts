import type { EmbeddableText, Embedder } from '../../src/knowledge/ports.ts';

export interface FakeEmbedder extends Embedder {
  /** Every text that was embedded, in order. */
  readonly texts: EmbeddableText[];
  /** Called before each batch, with its number from 1; what it throws, the batch throws. */
  before: (call: number, signal?: AbortSignal) => void | Promise<void>;
}

/** Vectors from the letters of a text: the same text has the same vector, of length 1. */
export function createFakeEmbedder(spaceId = 'fake/8/none'): FakeEmbedder {
  let calls = 0;
  const dimensions = 8;
  return {
    space: { id: spaceId, model: 'fake', dimensions },
    relevance: { vectorWeight: 1, similarityFloor: 0.1 },
    texts: [],
    before: () => {},
    async embedDocuments(texts, signal) {
      calls += 1;
      await this.before(calls, signal);
      this.texts.push(...texts);
      return texts.map(({ title, text }) => vectorOf(`${title} ${text}`, dimensions));
    },
    embedQuery: (question) => Promise.resolve(vectorOf(question, dimensions)),
  };
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const sums = new Float32Array(dimensions);
  for (const letter of text) {
    const position = (letter.codePointAt(0) ?? 0) % dimensions;
    sums[position] = (sums[position] ?? 0) + 1;
  }
  const length = Math.hypot(...sums) || 1;
  return sums.map((sum) => sum / length);
}
