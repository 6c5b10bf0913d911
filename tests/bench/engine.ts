import type { Engine } from '../../src/app/engine.ts';
import type { EmbeddingSpace } from '../../src/knowledge/model.ts';
import { unitVector } from '../support/vectors.ts';

/** As the offline engine's, so that the real program, started without a key, finds its index complete. */
export const space: EmbeddingSpace = { id: 'offline-hash-v1/768', model: 'offline-hash-v1', dimensions: 768 };

export interface InstantEngine extends Engine {
  /** What a question's vector is; made beforehand, so that asking costs nothing here. */
  readonly questions: Map<string, Float32Array>;
}

/** An engine that takes no time: what is measured is the bot. */
export function createInstantEngine(): InstantEngine {
  const questions = new Map<string, Float32Array>();
  return {
    questions,
    embedder: {
      space,
      relevance: { vectorWeight: 0.3, similarityFloor: 0.5, unrelatedSimilarity: 0 },
      embedDocuments: async (texts) => texts.map(({ text }) => vectorOf(text)),
      embedQuery: async (question) => questions.get(question) ?? vectorOf(question),
    },
    generator: {
      name: 'instant',
      async *generate({ passages }) {
        const [first] = passages;
        yield `${first?.passage.text.slice(0, 100) ?? 'Nothing'} [${first?.number ?? 1}].`;
      },
    },
  };
}

/** Of these, two each make a vector that no other text has, at next to no cost. */
const pool = Array.from({ length: 1_024 }, (_, seed) => unitVector(seed, space.dimensions));

export function vectorOf(text: string): Float32Array {
  const number = hash(text);
  const [one = new Float32Array(), other = one] = [pool[number & 1_023], pool[(number >>> 10) & 1_023]];
  const sum = one.map((value, at) => value + (other[at] ?? 0));
  const length = Math.sqrt(sum.reduce((all, value) => all + value * value, 0));
  return sum.map((value) => value / length);
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return value;
}
