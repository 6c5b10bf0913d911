import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openChromaIndex } from '../../src/adapters/chroma/index.ts';
import { openChromaServer } from '../../src/adapters/chroma/server.ts';
import type { VectorIndex } from '../../src/knowledge/ports.ts';
import { createExactIndex } from './exact-index.ts';

export interface EvalIndex extends AsyncDisposable {
  readonly index: Pick<VectorIndex, 'upsert' | 'nearest'>;
  readonly name: string;
}

/** A Chroma server of its own on a folder that goes away with it; or no server and every vector compared. */
export async function openEvalIndex(exact: boolean): Promise<EvalIndex> {
  if (exact) return { index: createExactIndex(), name: 'exact neighbours', [Symbol.asyncDispose]: async () => {} };
  await using opening = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'nescordbot-eval-chroma-'));
  opening.defer(() => rm(directory, { recursive: true, force: true }));
  const cacheDirectory = fileURLToPath(new URL('../../.cache', import.meta.url));
  const quiet = { debug: () => {}, info: () => {}, warn: (message: string) => console.error(message) };
  const connection = await openChromaServer({ directory, cacheDirectory, log: quiet });
  opening.use(connection);
  const opened = opening.move();
  return {
    index: openChromaIndex({ connection, collectionPrefix: 'eval' }),
    name: 'neighbours from Chroma',
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
