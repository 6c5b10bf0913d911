/** The edge of a worker thread, as `main.ts` is the process's: what runs off the main thread is named here. */
import { readDocument } from './adapters/extract/read.ts';
import { pagedTask } from './adapters/threads/task.ts';
import { chunkBlocks } from './knowledge/chunk.ts';
import type { ChunkRequest } from './knowledge/ports.ts';

export const chunk = pagedTask(({ title, name, content }: ChunkRequest) =>
  chunkBlocks(title, readDocument(content, name)),
);
