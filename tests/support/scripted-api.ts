import type { IntegrityReport } from '../../src/health/integrity/model.ts';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { AppError } from '../../src/errors.ts';
import type { OpenAlert, PastAlert } from '../../src/health/ports.ts';
import type { ApiParts, VaultCopies } from '../../src/http/api-parts.ts';
import { createApi } from '../../src/http/api.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { openHttpServer, type HttpServer } from '../../src/http/server.ts';
import type { Library } from '../../src/knowledge/api.ts';
import type { Document } from '../../src/knowledge/model.ts';
import type { LogLine } from '../../src/log.ts';
import { createScriptedAnswers, type ScriptedAnswers } from './fake-answers.ts';
import { createScriptedOffSite, type ScriptedOffSite } from './fake-off-site.ts';
import { BACKUP_TIME, createScriptedBackups, type ScriptedBackups } from './fake-backups.ts';
import { createApiClient, type ApiClient } from './api-client.ts';
import { scriptedRecords } from './fake-records.ts';

export const OPERATOR = 'operator-token-0123456789-abcdefghij';
export const READER = 'reader-token-0123456789-abcdefghijkl';
export const GUILD = '123456789012345678';

export interface ScriptedApi {
  readonly server: HttpServer;
  readonly client: ApiClient;
  readonly script: ScriptedBackups;
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

/** The API of production, over backups, knowledge and a clock that do what the test says. */
export async function openScriptedApi(
  t: TestContext,
  more: {
    readonly tokens?: ApiParts['tokens'];
    readonly requestsPerMinute?: number;
    readonly trustedProxies?: number;
  } = {},
): Promise<ScriptedApi> {
  const script = createScriptedBackups();
  const { library, insights } = createSmallLibrary();
  const listeners = new Set<(line: LogLine) => void>();
  const lines: LogLine[] = [];
  let now = BACKUP_TIME + 3_600_000;
  const unlessRestoring = <Part>(part: Part): Part => {
    if (api.restoring) throw new AppError('busy', 'I am restoring a backup.', { retryAfterMs: 60_000 });
    return part;
  };
  const answers = createScriptedAnswers();
  const offSite = createScriptedOffSite();
  const parts: ApiParts = {
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
    insights: () => unlessRestoring(insights),
    guilds: () => ({ ids: [GUILD], homeId: GUILD }),
    health: {
      status: () => ({
        version: '1.2.3',
        startedAt: BACKUP_TIME,
        parts: [{ name: 'sqlite', state: 'ok', detail: 'fine' }],
        totals: { guilds: 1, documents: 2, chunks: 30 },
        dataDirectory: 'data',
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
  const defects: string[] = [];
  const server = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    status: parts.health,
    trustedProxies: more.trustedProxies ?? 0,
    log: { error: (message, details) => void defects.push(`${message} ${JSON.stringify(details)}`) },
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

function createSmallLibrary(): { library: Library; insights: ReturnType<ApiParts['insights']> } {
  const documents = new Map<number, Document>();
  const jobOf = (id: number, guildId: string) => ({
    id,
    kind: 'ingest' as const,
    guildId,
    documentId: id,
    state: 'done' as const,
    step: 'done' as const,
    done: 3,
    total: 3,
    attempts: 1,
    notBefore: 0,
    failure: null,
    replyTo: null,
    createdAt: BACKUP_TIME,
  });
  const find = (guildId: string, id: number): Document => {
    const found = documents.get(id);
    if (found !== undefined && found.guildId === guildId) return found;
    throw new AppError('not_found', `There is no document ${id}.`);
  };
  const passage = {
    chunkId: 1,
    documentId: 1,
    title: 'Rules',
    url: null,
    ordinal: 0,
    headings: ['Being kind'],
    text: 'Be kind.',
    tokens: 3,
    score: 0.5,
    similarity: 0.8,
    bm25: 1.2,
  };
  const library: Partial<Library> = {
    add({ guildId, title, name, url = null, content, addedBy }) {
      const id = documents.size + 1;
      const document: Document = {
        id,
        guildId,
        title,
        name,
        url,
        contentHash: '',
        sizeBytes: content.byteLength,
        addedBy,
        addedAt: BACKUP_TIME,
        state: 'ready',
        chunkCount: 3,
        failure: null,
      };
      documents.set(id, document);
      return { document, job: jobOf(id, guildId), duplicate: false };
    },
    list(guildId, { offset, limit }) {
      const items = [...documents.values()].filter((one) => one.guildId === guildId);
      return { items: items.slice(offset, offset + limit), total: items.length };
    },
    show: (guildId, id) => ({ document: find(guildId, id), firstChunks: [], job: jobOf(id, guildId) }),
    remove(guildId, id) {
      const found = find(guildId, id);
      documents.delete(id);
      return found;
    },
    search: async () => ({ passages: [passage], vectors: true, notice: null }),
    job: (id) => (documents.has(id) ? jobOf(id, GUILD) : null),
    openJobs: () => [],
  };
  return {
    library: library as Library,
    insights: {
      figures: () => ({ questions: 2, answered: 1, refused: 1, failed: 0, up: 1, down: 0 }),
      unanswered: () => [{ guildId: GUILD, question: 'Why?', times: 2, lastAskedAt: BACKUP_TIME }],
    },
  };
}

const sound: IntegrityReport['findings'] = [
  { part: 'database', state: 'sound', words: { en: 'All is right.', ja: '問題ありません。' } },
];
