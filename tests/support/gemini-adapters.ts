import type { TestContext } from 'node:test';
import { createGeminiEmbedder, type GeminiEmbedderOptions } from '../../src/adapters/gemini/embed.ts';
import { createGeminiGenerator, type GeminiGeneratorOptions } from '../../src/adapters/gemini/generate.ts';
import type { Embedder, Generator } from '../../src/knowledge/ports.ts';
import type { UsageRecord } from '../../src/knowledge/store-ports.ts';
import { openGeminiServer, type GeminiServer } from './gemini-server.ts';

export interface GeminiBench {
  readonly server: GeminiServer;
  readonly usage: UsageRecord[];
  /** The waits between attempts, in ms; they take no time, but the clock moves on by them. */
  readonly waits: number[];
  readonly time: { now: number };
  readonly embedder: (change?: Partial<GeminiEmbedderOptions>) => Embedder;
  readonly generator: (change?: Partial<GeminiGeneratorOptions>) => Generator;
}

/** The adapters on the local server, with a clock of the test's own. Fails the test when a request was wrong. */
export async function openGeminiBench(t: TestContext): Promise<GeminiBench> {
  const server = await openGeminiServer();
  t.after(async () => {
    await server.close();
    if (server.problems.length > 0) throw new Error(server.problems.join('\n'));
  });
  if (!server.validates) t.diagnostic('Requests are not checked: the optional folder of evaluation data is absent.');
  const usage: UsageRecord[] = [];
  const waits: number[] = [];
  const time = { now: Date.UTC(2026, 10, 21, 12) };
  const common = {
    apiKey: server.apiKey,
    baseUrl: server.url,
    timeoutMs: 30_000,
    onUsage: (record: UsageRecord) => void usage.push(record),
    clock: () => time.now,
    random: () => 0.5,
    wait: async (ms: number, signal: AbortSignal | undefined) => {
      signal?.throwIfAborted();
      waits.push(ms);
      time.now += ms;
      await Promise.resolve();
    },
  };
  return {
    server,
    usage,
    waits,
    time,
    embedder: (change) =>
      createGeminiEmbedder({ ...common, model: 'gemini-embedding-001', dimensions: 256, concurrency: 2, ...change }),
    generator: (change) =>
      createGeminiGenerator({ ...common, models: ['gemini-3.6-flash', 'gemini-3.5-flash-lite'], ...change }),
  };
}
