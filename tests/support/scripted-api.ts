import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { AppError } from '../../src/errors.ts';
import type { Store } from '../../src/adapters/sqlite/open.ts';
import type { IntegrityReport } from '../../src/health/integrity/model.ts';
import type { OpenAlert, PastAlert } from '../../src/health/ports.ts';
import type { ApiParts, VaultCopies } from '../../src/http/api-parts.ts';
import { createApi } from '../../src/http/api.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { openHttpServer, type HttpServer } from '../../src/http/server.ts';
import type { LogLine } from '../../src/log.ts';
import { createScriptedAnswers, type ScriptedAnswers } from './fake-answers.ts';
import { createScriptedOffSite, type ScriptedOffSite } from './fake-off-site.ts';
import { BACKUP_TIME, createScriptedBackups, type ScriptedBackups } from './fake-backups.ts';
import { createApiClient, type ApiClient } from './api-client.ts';
import { scriptedRecords } from './fake-records.ts';
import { assemble } from './knowledge-parts.ts';
import { offlineEmbedder } from './taught.ts';
import { tempStore } from './temp-store.ts';

export const OPERATOR = 'operator-token-0123456789-abcdefghij';
export const READER = 'reader-token-0123456789-abcdefghijkl';
export const GUILD = '123456789012345678';

export interface ScriptedApi {
  readonly server: HttpServer;
  readonly client: ApiClient;
  readonly script: ScriptedBackups;
  readonly store: Store;
  readonly answers: ScriptedAnswers;
  readonly audits: Parameters<ApiParts['audit']>[0][];
  /** Failures that are defects, as the log would show them. */
  readonly defects: string[];
  readonly alerts: OpenAlert[];
  readonly recentAlerts: PastAlert[];
  readonly vaults: VaultCopies[];
  readonly offSite: ScriptedOffSite;
  /** What the next check for damage finds. */
  found: IntegrityReport['findings'];
  readonly checks: IntegrityReport[];
  /** Writes a line into the log. */
  say(line: Omit<LogLine, 'at'>): void;
  /** From now on, what stands on the knowledge base answers that a backup is being restored. */
  restoring: boolean;
  /** Goes on by this much. */
  pass(ms: number): void;
}

/** The API of production, over real knowledge, and over backups, answers and a clock that do what the test says. */
export async function openScriptedApi(
  t: TestContext,
  more: {
    readonly tokens?: ApiParts['tokens'];
    readonly requestsPerMinute?: number;
    readonly trustedProxies?: number;
  } = {},
): Promise<ScriptedApi> {
  const script = createScriptedBackups();
  const { store } = tempStore(t);
  const { library, runner } = assemble(store, { embedder: offlineEmbedder(), keptMs: 900_000 });
  runner.start();
  t.after(() => runner.stop());
  const listeners = new Set<(line: LogLine) => void>();
  const lines: LogLine[] = [];
  let now = BACKUP_TIME + 3_600_000;
  const unlessRestoring = <Part>(part: Part): Part => {
    if (api.restoring) throw new AppError('busy', 'I am restoring a backup.', { retryAfterMs: 60_000 });
    return part;
  };
  const answers = createScriptedAnswers();
  const offSite = createScriptedOffSite();
  const defects: string[] = [];
  const log = {
    error: (message: string, details?: object) => void defects.push(`${message} ${JSON.stringify(details)}`),
  };
  const parts: ApiParts = {
    trustedClock: { confirm: async () => undefined },
    tokens: more.tokens ?? [
      { name: 'ops', scope: 'operate', token: OPERATOR },
      { name: 'grafana', scope: 'read', token: READER },
    ],
    ownsRoot: true,
    tickets: { redeem: () => null },
    requestsPerMinute: more.requestsPerMinute ?? 100_000,
    documentBytes: 100_000,
    backups: () => script.backups,
    schedule: () => unlessRestoring(script.schedule),
    async archive(name) {
      const { sizeBytes } = await script.backups.show(name);
      return {
        fileName: `${name}.tar.zst`,
        sizeBytes: 11,
        sha256: sizeBytes === 0 ? null : 'ab'.repeat(32),
        open: async () => Readable.from([Buffer.from('the archive')]),
      };
    },
    copies: async () => api.vaults,
    offSite: () => offSite.offSite,
    library: () => unlessRestoring(library),
    answers: () => unlessRestoring(metrics.counting(answers)),
    insights: () => unlessRestoring(store.insights),
    guilds: () => ({ ids: [GUILD], homeId: GUILD }),
    health: {
      status: () => ({
        version: '1.2.3',
        startedAt: BACKUP_TIME,
        parts: [{ name: 'sqlite', state: 'ok', detail: 'fine' }],
        totals: { guilds: 1, documents: 2, chunks: 30 },
        freeBytes: 5e9,
        volumeBytes: 1e10,
        folders: [],
      }),
    },
    alerts: () => api.alerts,
    recentAlerts: () => api.recentAlerts,
    integrity: () => ({
      async look() {
        const report = { at: now, durationMs: 1_500, findings: api.found };
        api.checks.unshift(report);
        return report;
      },
      history: () => api.checks,
    }),
    log,
    logTail: {
      lines: () => lines,
      onLine(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    audit: (event) => void api.audits.push(event),
    records: scriptedRecords,
    clock: () => now,
    randomId: () => randomBytes(32).toString('base64url'),
  };
  const metrics = createMetrics(() => parts);
  const server = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    status: parts.health,
    tokens: parts.tokens,
    trustedProxies: more.trustedProxies ?? 0,
    log,
    plugins: [createApi(parts, metrics)],
  });
  t.after(async () => {
    await server.close();
    metrics[Symbol.dispose]();
  });
  const api: ScriptedApi = {
    server,
    client: await (parts.tokens.length === 0 ? noClient() : createApiClient(server.url, OPERATOR)),
    script,
    store,
    answers,
    audits: [],
    defects,
    alerts: [],
    recentAlerts: [],
    vaults: [],
    offSite,
    found: sound,
    checks: [{ at: BACKUP_TIME, durationMs: 1_500, findings: sound }],
    restoring: false,
    say(line) {
      const whole = { ...line, at: now };
      lines.push(whole);
      for (const tell of listeners) tell(whole);
    },
    pass(ms) {
      now += ms;
    },
  };
  return api;
}

function noClient(): ApiClient {
  return { document: { openapi: '', paths: {} }, seen: new Set(), call: fail, follow: fail };
}

function fail(): never {
  throw new Error('There is no API to call.');
}

const sound: IntegrityReport['findings'] = [
  { part: 'database', state: 'sound', words: { en: 'All is right.', ja: '問題ありません。' } },
];
