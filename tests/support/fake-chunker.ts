import { createHash } from 'node:crypto';
import type { NewChunk } from '../../src/knowledge/model.ts';
import type { Chunker } from '../../src/knowledge/ports.ts';
import { searchWords } from '../../src/knowledge/words.ts';

/** Each line that is not blank is a chunk. */
export function createLineChunker(): Chunker & { calls: number } {
  return {
    calls: 0,
    chunk({ title, content }) {
      this.calls += 1;
      const lines = new TextDecoder().decode(content).split('\n');
      return Promise.resolve(lines.filter((line) => line.trim() !== '').map((line, i) => lineChunk(i, line, title)));
    },
  };
}

export function lineChunk(ordinal: number, text: string, title = ''): NewChunk {
  return {
    ordinal,
    headings: [`Line ${ordinal}`],
    text,
    tokens: text.length,
    textHash: createHash('sha256').update(`${title}\n${text}`).digest('hex'),
    words: searchWords(text).join(' '),
  };
}
