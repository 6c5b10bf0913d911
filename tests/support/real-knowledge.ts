import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openKnowledgeBase, type KnowledgeBase } from '../../src/app/knowledge-base.ts';
import { parseConfig } from '../../src/config.ts';
import { recordingLog } from './fake-discord.ts';
import { tempFolder } from './temp-store.ts';

/** SQLite, Chroma and the offline engine in a folder of the test's own. */
export async function openRealKnowledge(t: TestContext): Promise<KnowledgeBase> {
  const folder = tempFolder(t);
  const chroma = join(folder, 'chromadb');
  await mkdir(chroma);
  const config = parseConfig({
    DATABASE_URL: `sqlite:${join(folder, 'nescordbot.db')}`,
    CHROMADB_PERSIST_DIRECTORY: chroma,
  });
  const base = await openKnowledgeBase(config, { log: recordingLog().log, clock: Date.now, random: Math.random });
  t.after(() => base[Symbol.asyncDispose]());
  return base;
}
