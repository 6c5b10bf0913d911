/** The edge of a worker thread, as `main.ts` is the process's: what runs off the main thread is named here. */
import { readDocument } from './adapters/extract/read.ts';
import { hashedVector } from './adapters/offline/hashed-vector.ts';
import { pagedTask, task } from './adapters/threads/task.ts';
import { chunkBlocks } from './knowledge/chunk.ts';
import { commonWords } from './knowledge/common-words.ts';
import type { ChunkRequest } from './knowledge/ports.ts';
import { searchWords } from './knowledge/words.ts';

export const chunk = pagedTask(({ title, name, content }: ChunkRequest) =>
  chunkBlocks(title, readDocument(content, name), { name }),
);

export const embedOffline = task(({ texts, dimensions }: { texts: readonly string[]; dimensions: number }) =>
  texts.map((text) => hashedVector(text, dimensions, { words: searchWords, common: commonWords })),
);
