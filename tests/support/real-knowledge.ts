import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openKnowledgeBase, type KnowledgeBase } from '../../src/app/knowledge-base.ts';
import { parseConfig } from '../../src/config.ts';
import type { Log } from '../../src/log.ts';
import { recordingLog } from './fake-discord.ts';
import { tempFolder } from './temp-store.ts';

interface Place {
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: Log;
}

/** SQLite, Chroma and the offline engine, unless `env` says otherwise, in a folder of the test's own. */
export async function openRealKnowledge(
  t: TestContext,
  { folder = tempFolder(t), env = {}, log = recordingLog().log }: Place = {},
): Promise<KnowledgeBase> {
  const chroma = join(folder, 'chromadb');
  await mkdir(chroma, { recursive: true });
  const config = parseConfig({
    DATABASE_URL: `sqlite:${join(folder, 'nescordbot.db')}`,
    CHROMADB_PERSIST_DIRECTORY: chroma,
    ...env,
  });
  const base = await openKnowledgeBase(config, { log, clock: Date.now, random: Math.random });
  t.after(() => base[Symbol.asyncDispose]());
  return base;
}
