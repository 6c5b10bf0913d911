import { chunkBlocks } from '../../src/knowledge/chunk.ts';
import { textHashOf } from '../../src/knowledge/hash-model.ts';
import type { NewChunk } from '../../src/knowledge/model.ts';
import type { Block, Chunker } from '../../src/knowledge/ports.ts';
import { searchWords } from '../../src/knowledge/words.ts';

/** The chunker of production over a text of which each line is a section of its own. */
export function createLineChunker(): Chunker & { calls: number } {
  return {
    calls: 0,
    async chunk({ title, name, content }) {
      this.calls += 1;
      const lines = new TextDecoder().decode(content).split('\n');
      return chunkBlocks(title, lines.filter((line) => line.trim() !== '').map(sectionOf), { name });
    },
  };
}

const sectionOf = (text: string, line: number): Block => ({
  kind: 'paragraph',
  headings: [`Line ${line}`],
  text,
  breaks: [],
});

/** A passage as it is stored, for tests that have no text to cut it from. */
export function lineChunk(title: string, ordinal: number, text: string): NewChunk {
  const headings = [`Line ${ordinal}`];
  return {
    ordinal,
    headings,
    text,
    tokens: text.length,
    textHash: textHashOf(title, headings, text),
    words: searchWords(text).join(' '),
  };
}
