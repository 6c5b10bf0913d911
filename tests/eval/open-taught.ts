import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOfflineEmbedder } from '../../src/adapters/offline/embed.ts';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import { createRetriever } from '../../src/knowledge/retrieve.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import type { EvalIndex } from './open-index.ts';

/** A store in a folder that goes away with it, the offline embedder and the retriever as the bot has them. */
export function openTaught(index: EvalIndex['index']) {
  const opened = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'nescordbot-eval-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const { knowledge: store } = opened.use(openStore({ file: join(folder, 'eval.db'), timeoutMs: 1000 }));
  const embedder = createOfflineEmbedder({ vocabulary: { words: searchWords, common: commonWords } });
  const parts = { guildId: 'eval', store, embedder, index };
  const retriever = createRetriever({ ...parts, clock: Date.now });
  return { ...parts, retriever, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
