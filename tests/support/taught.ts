import type { TestContext } from 'node:test';
import { createOfflineEmbedder } from '../../src/adapters/offline/embed.ts';
import { chunkBlocks } from '../../src/knowledge/chunk.ts';
import { embeddableText } from '../../src/knowledge/hash-model.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import type { Block, Embedder } from '../../src/knowledge/ports.ts';
import { createRetriever } from '../../src/knowledge/retrieve.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import { createMemoryIndex } from './memory-index.ts';
import { tempStore } from './temp-store.ts';

export const offlineEmbedder = (): Embedder =>
  createOfflineEmbedder({ vocabulary: { words: searchWords, common: commonWords } });

/** A retriever on a real store with the offline embedder; `teach` adds a ready document. */
export function openTaught(t: TestContext, embedder: Embedder = offlineEmbedder(), isRepaired = () => false) {
  const store = tempStore(t).store.knowledge;
  const index = createMemoryIndex();
  const failures: string[] = [];
  let now = 0;
  const retriever = createRetriever({
    store,
    index,
    embedder,
    clock: () => now,
    timeoutMs: 200,
    isRepaired,
    onFailure: (part, error) => failures.push(`${part}: ${String(error)}`),
  });

  async function teach(guildId: string, title: string, content: string | readonly Block[]): Promise<number> {
    const blocks =
      typeof content === 'string' ? [{ kind: 'paragraph' as const, headings: [], text: content, breaks: [] }] : content;
    const { document } = store.addDocument(
      { guildId, title, name: title, url: null, content: Buffer.from(title), addedBy: 'u', replyTo: null },
      0,
    );
    await store.replaceChunks(document.id, chunkBlocks(title, blocks));
    const chunks = store.chunks(document.id, { offset: 0, limit: 1000 });
    const vectors = await embedder.embedDocuments(
      chunks.map((chunk) => embeddableText(title, chunk.headings, chunk.text)),
    );
    const records = chunks.map(({ id }, place) => ({ id, vector: vectors[place] ?? new Float32Array() }));
    store.saveVectors(
      embedder.space.id,
      records.map(({ id, vector }) => ({ chunkId: id, vector })),
    );
    await index.upsert({ guildId, space: embedder.space }, records);
    store.markReady(document.id);
    return document.id;
  }

  return { store, index, retriever, teach, failures, advance: (ms: number) => void (now += ms) };
}
