import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { openChromaServer, type ChromaServer, type ChromaServerOptions } from '../../src/adapters/chroma/server.ts';
import { removal } from './removal.ts';

/** Shared by all runs, so that a newer glibc is fetched once. */
export const cacheDirectory = fileURLToPath(new URL('../../.cache', import.meta.url));

export interface TestLog {
  readonly lines: string[];
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export function createTestLog(): TestLog {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export async function temporaryFolder(t: Pick<TestContext, 'after'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nescordbot-'));
  t.after(() => rm(folder, removal));
  return folder;
}

/** A real Chroma server on a folder that goes away with the test. */
export async function openTestChroma(
  t: Pick<TestContext, 'after'>,
  options: Partial<ChromaServerOptions> = {},
): Promise<ChromaServer> {
  const directory = options.directory ?? (await temporaryFolder(t));
  const server = await openChromaServer({ cacheDirectory, log: createTestLog(), ...options, directory });
  t.after(() => server.close());
  return server;
}
