import type { TestContext } from 'node:test';
import { createOfflineEmbedder } from '../../src/adapters/offline/embed.ts';
import { openTextPool } from '../../src/adapters/threads/pool.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import { createWatchedEmbedder } from '../support/watched-embedder.ts';
import { embedderContract } from './embedder.ts';

const vocabulary = { words: searchWords, common: commonWords };

function inThreads(t: TestContext) {
  const workerFile = new URL('../../src/text-worker.ts', import.meta.url);
  const pool = openTextPool({ workerFile, maxThreads: 1, idleTimeoutMs: 1_000 });
  t.after(() => pool.close());
  return createOfflineEmbedder({
    vocabulary,
    embedMany: (texts, dimensions, signal) => pool.run('embedOffline', { texts, dimensions }, signal),
  });
}

embedderContract('the offline embedder', () => createOfflineEmbedder({ vocabulary }));
embedderContract('the offline embedder in a thread', inThreads);
embedderContract('the offline embedder that tests watch', () => createWatchedEmbedder(64));
