import { embeddableText, textHashOf } from '../../src/knowledge/hash-model.ts';
import type { NewChunk } from '../../src/knowledge/model.ts';
import type { Embedder, KnowledgeStore, VectorIndex, VectorRecord } from '../../src/knowledge/ports.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import type { DataSet, EvalDocument } from './data-set.ts';

export interface Filling {
  readonly set: Pick<DataSet, 'name' | 'documents'>;
  readonly guildId: string;
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
  readonly index: Pick<VectorIndex, 'upsert'>;
}

/** Teaches a guild the passages of a set, one chunk each, the way ingestion does. Returns passage ids by chunk id. */
export async function fill({ set, guildId, store, embedder, index }: Filling): Promise<Map<number, number>> {
  const passageOf = new Map<number, number>();
  const records: VectorRecord[] = [];
  for (const [position, source] of set.documents.entries()) {
    const name = `${set.name}-${position}`;
    const content = Buffer.from(`${name}\n${source.passages.map(({ text }) => text).join('\n')}`);
    const { document } = store.addDocument(
      { guildId, title: source.title, name, url: null, content, addedBy: 'eval', replyTo: null },
      0,
    );
    await store.replaceChunks(document.id, chunksOf(source));
    const chunks = store.chunks(document.id, { offset: 0, limit: source.passages.length });
    const texts = chunks.map(({ headings, text }) => embeddableText(source.title, headings, text));
    const vectors = await embedder.embedDocuments(texts);
    const made = chunks.map(({ id }, place) => ({ chunkId: id, vector: vectors[place] ?? new Float32Array() }));
    store.saveVectors(embedder.space.id, made);
    records.push(...made.map(({ chunkId, vector }) => ({ id: chunkId, vector })));
    store.markReady(document.id);
    for (const { id, ordinal } of chunks) passageOf.set(id, source.passages[ordinal]?.id ?? -1);
  }
  await index.upsert({ guildId, space: embedder.space }, records);
  return passageOf;
}

function chunksOf({ title, passages }: EvalDocument): NewChunk[] {
  return passages.map(({ text }, ordinal) => ({
    ordinal,
    headings: [],
    text,
    tokens: Math.ceil(text.length / 3),
    textHash: textHashOf(title, [], text),
    words: [title, text].map((part) => searchWords(part).join(' ')).join('\n'),
  }));
}
