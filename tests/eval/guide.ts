import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { readDocument } from '../../src/adapters/extract/read.ts';
import { titleOf } from '../../src/adapters/extract/title.ts';
import { createOfflineGenerator } from '../../src/adapters/offline/generate.ts';
import { choosePassages, numberPassages } from '../../src/knowledge/budget.ts';
import { chunkBlocks } from '../../src/knowledge/chunk.ts';
import { embeddableText } from '../../src/knowledge/hash-model.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import type { Passage } from '../../src/knowledge/model.ts';
import { NO_ANSWER } from '../../src/knowledge/prompt.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import { createExactIndex } from './exact-index.ts';
import { openTaught } from './open-taught.ts';

export interface PageQuestion {
  readonly question: string;
  /** The pages that answer it; none where the documents do not. */
  readonly pages: readonly string[];
  readonly half: 'tuning' | 'hold-out';
}

export interface Asked extends PageQuestion {
  /** The pages of the passages found, best first. */
  readonly found: readonly string[];
  /** What the offline engine answers; null when it refuses. */
  readonly answer: string | null;
  /** The page that the answer cites first. */
  readonly cited: string | null;
}

export interface Page {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The Markdown files of a folder, named by their paths in it. */
export async function pagesIn(folder: string): Promise<Page[]> {
  const names: string[] = [];
  for await (const name of glob('**/*.md', { cwd: folder })) names.push(name);
  return names.sort().map((name) => ({ name, content: readFileSync(join(folder, name)) }));
}

/** Teaches the pages as the bot does, and asks each question as `/ask` does with the offline engine. */
export async function askAboutPages(pages: readonly Page[], questions: readonly PageQuestion[]): Promise<Asked[]> {
  await using taught = openTaught(createExactIndex());
  const { guildId, store, embedder, index, retriever } = taught;
  const pageOf = new Map<number, string>();
  for (const { name, content } of pages) {
    const title = titleOf(content, name) ?? name;
    const { document } = store.addDocument(
      { guildId, title, name, url: null, content, addedBy: 'eval', replyTo: null },
      0,
    );
    const chunks = chunkBlocks(title, readDocument(content, name), { name });
    await store.replaceChunks(document.id, chunks);
    const stored = store.chunks(document.id, { offset: 0, limit: chunks.length });
    const texts = stored.map(({ headings, text }) => embeddableText(title, headings, text));
    const vectors = await embedder.embedDocuments(texts);
    const records = stored.map(({ id }, place) => ({ id, vector: vectors[place] ?? new Float32Array() }));
    store.saveVectors(
      embedder.space.id,
      records.map(({ id, vector }) => ({ chunkId: id, vector })),
    );
    await index.upsert({ guildId, space: embedder.space }, records);
    store.markReady(document.id);
    pageOf.set(document.id, name);
  }
  const vocabulary = { words: searchWords, common: commonWords };
  const generator = createOfflineGenerator({ vocabulary, noAnswer: NO_ANSWER });
  const pageOfPassage = ({ documentId }: Passage) => pageOf.get(documentId) ?? '';
  const asked: Asked[] = [];
  for (const each of questions) {
    const { question } = each;
    const retrieved = await retriever.retrieve(guildId, question, 8);
    const passages = numberPassages(choosePassages(retrieved.passages, 6_000));
    const request = { instructions: '', prompt: '', conversation: [], language: 'en', maxOutputTokens: 1_200 } as const;
    let text = '';
    for await (const piece of generator.generate({ ...request, question, passages })) text += piece;
    const refused = !retrieved.relevant || text === NO_ANSWER;
    const number = Number(/\[(\d+)\]/.exec(text)?.[1] ?? 0);
    const source = passages.find((passage) => passage.number === number)?.passage;
    asked.push({
      ...each,
      found: [...new Set(retrieved.passages.map(pageOfPassage))],
      answer: refused ? null : text,
      cited: refused || source === undefined ? null : pageOfPassage(source),
    });
  }
  return asked;
}

/** A line of figures for each half, as people read them: the first four of the questions with an answer, then of those without. */
export function reportOnPages(title: string, asked: readonly Asked[]): string {
  const lines = (['tuning', 'hold-out'] as const).map((half) => {
    const answerable = asked.filter((each) => each.half === half && each.pages.length > 0);
    const unanswerable = asked.filter((each) => each.half === half && each.pages.length === 0);
    const of = (all: readonly Asked[], is: (each: Asked) => boolean) => `${all.filter(is).length}/${all.length}`;
    const figures = [
      of(answerable, ({ pages, found }) => pages.includes(found[0] ?? '')),
      of(answerable, ({ pages, found }) => found.slice(0, 3).some((page) => pages.includes(page))),
      of(answerable, ({ pages, cited }) => cited !== null && pages.includes(cited)),
      of(answerable, ({ answer }) => answer === null),
      of(unanswerable, ({ answer }) => answer !== null),
    ];
    return `  ${half.padEnd(9)} ${figures.map((figure) => figure.padStart(11)).join('')}`;
  });
  const heads = ['page first', 'among 3', 'cited', 'refused', 'unfounded'].map((head) => head.padStart(11)).join('');
  return [title, `  ${''.padEnd(9)} ${heads}`, ...lines].join('\n');
}
