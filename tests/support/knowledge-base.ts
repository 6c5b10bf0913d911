import assert from 'node:assert/strict';
import { createOfflineEmbedder } from '../../src/adapters/offline/embed.ts';
import { createOfflineGenerator } from '../../src/adapters/offline/generate.ts';
import { openKnowledgeBase, type KnowledgeBase, type Surroundings } from '../../src/app/knowledge-base.ts';
import { parseConfig } from '../../src/config.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import { NO_ANSWER } from '../../src/knowledge/prompt.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import { createTestLog } from './chroma.ts';
import { environmentOf, type Folders } from './kill-trial.ts';
import { ended } from './knowledge-parts.ts';

export interface Base extends KnowledgeBase {
  /** How often the embedder was called. */
  readonly embedded: { documents: number; queries: number };
}

const vocabulary = { words: searchWords, common: commonWords };

/** The knowledge base as production opens it, with the offline engine, whose calls are counted. */
export async function openBase(folders: Folders, surroundings: Partial<Surroundings> = {}): Promise<Base> {
  const embedder = createOfflineEmbedder({ vocabulary, dimensions: 128 });
  const embedded = { documents: 0, queries: 0 };
  const base = await openKnowledgeBase(parseConfig(environmentOf(folders)), {
    log: createTestLog(),
    clock: Date.now,
    random: Math.random,
    engine: {
      generator: createOfflineGenerator({ vocabulary, noAnswer: NO_ANSWER }),
      embedder: {
        ...embedder,
        embedDocuments(texts, signal) {
          embedded.documents += 1;
          return embedder.embedDocuments(texts, signal);
        },
        embedQuery(question, signal) {
          embedded.queries += 1;
          return embedder.embedQuery(question, signal);
        },
      },
    },
    ...surroundings,
  });
  return { ...base, embedded };
}

/** Resolves when the text is ready for questions. */
export async function teach({ library }: KnowledgeBase, guildId: string, title: string, text: string): Promise<void> {
  const { job } = library.add({ guildId, title, name: `${title}.md`, content: Buffer.from(text), addedBy: 'u1' });
  assert.equal((await ended(library, job)).state, 'done');
}
