import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openApp, type App, type AppOverrides } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { quiet } from './quiet.ts';
import { removal } from './removal.ts';
import { silentLog } from '../../src/log.ts';

/** What tests run on says nothing about the bot. */
const anywhere = { mounts: null, hasContainerFile: false, cgroup: '' };

/** The whole bot as production assembles it, on a volume and a port of its own, with the playground. */
export async function openTestApp(
  t: TestContext,
  { env = {}, ...overrides }: Partial<AppOverrides> & { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<App> {
  const folder = mkdtempSync(join(tmpdir(), 'nescordbot-app-'));
  mkdirSync(join(folder, 'chroma'));
  mkdirSync(join(folder, 'backups'));
  const config = parseConfig({
    DATABASE_URL: join(folder, 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: join(folder, 'chroma'),
    BACKUP_DIRECTORY: join(folder, 'backups'),
    ...quiet,
    PORT: '0',
    ...env,
  });
  const app = await openApp(config, { log: silentLog, machine: anywhere, ...overrides });
  t.after(async () => {
    await app[Symbol.asyncDispose]();
    rmSync(folder, removal);
  });
  return app;
}
