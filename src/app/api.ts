import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RunningSchedule } from '../backup/schedule.ts';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Alerts, StatusSource } from '../health/ports.ts';
import type { TrustedClock } from '../health/clock-model.ts';
import type { Records } from '../health/records-ports.ts';
import type { ApiToken } from '../http/tokens.ts';
import type { ApiParts, ArchiveFile } from '../http/api-parts.ts';
import { createApi } from '../http/api.ts';
import { createMetrics } from '../http/metrics.ts';
import { createTickets } from '../http/tickets.ts';
import type { Answers } from '../knowledge/api.ts';
import type { Log, LogTail } from '../log.ts';
import type { AuditLog } from './audit-log.ts';
import type { Backups } from './backups.ts';
import { vaultCopies, type OpenedOffSite } from './off-site.ts';
import type { OpenedIntegrity } from './integrity/integrity.ts';
import type { OwnPremises } from './premises.ts';
import { starting } from './refusals.ts';

/** What the API finds when it is called: null while the bot is starting. */
export interface Inside {
  premises: OwnPremises | null;
  backups: Backups | null;
  schedule: RunningSchedule | null;
  integrity: OpenedIntegrity | null;
  offSite: OpenedOffSite | null;
}

export interface RestApiOptions {
  readonly inside: Readonly<Inside>;
  /** The playground's server, which is home where there is no other. */
  readonly localGuildId: string | null;
  /** Null while no server is home, or the bot is not connected. */
  readonly homeGuildId: () => string | null;
  readonly health: StatusSource;
  readonly alerts: Alerts;
  readonly auditLog: Pick<AuditLog, 'record'>;
  readonly records: Records;
  readonly trustedClock: Pick<TrustedClock, 'confirm'>;
  readonly log: Pick<Log, 'error'>;
  readonly logTail?: LogTail;
  readonly clock: () => number;
}

const PLAYGROUND = 'playground';
const randomId = (): string => randomBytes(32).toString('base64url');
/** Nobody is told: it makes the API be there, and tickets let people in. */
const ownToken = (): ApiToken => ({ name: PLAYGROUND, scope: 'operate', token: randomId() });

export interface RestApi extends Disposable {
  readonly plugin: ReturnType<typeof createApi>;
  /** The same answers, counted for the metrics, whoever asks. */
  counting(answers: Answers): Answers;
  /** Good for one log-in, for a minute. */
  issueTicket(): string;
}

/** The REST API over a bot that may be starting, or be exchanging what it stands on. */
export function createRestApi(config: Config, options: RestApiOptions): RestApi {
  const { inside, health, alerts, auditLog, log, clock } = options;
  const premises = () => inside.premises ?? refuse();
  const backups = () => inside.backups ?? refuse();
  // Without the real Discord there is nobody to guard it for: the playground's page shows the way in.
  const isPlayground = config.discord.token === null;
  const tickets = createTickets({ clock, randomId, caller: { name: PLAYGROUND, scope: 'operate' } });
  const metrics = createMetrics(() => parts);
  const parts: ApiParts = {
    tokens: isPlayground && config.api.tokens.length === 0 ? [ownToken()] : config.api.tokens,
    ownsRoot: !isPlayground,
    tickets,
    requestsPerMinute: config.api.requestsPerMinute,
    documentBytes: config.limits.documentBytes,
    backups: () => backups().manager,
    schedule: () => inside.schedule ?? refuse(),
    archive: (name) => archiveOf(backups(), name),
    copies: async () => (inside.offSite === null ? [] : vaultCopies(inside.offSite)),
    offSite: () => inside.offSite ?? refuse(),
    library: () => premises().door.library,
    answers: () => metrics.counting(premises().door.answers),
    insights: () => premises().door.insights,
    guilds() {
      const ids = premises().knowledge().store.knowledge.guildsWithDocuments();
      const only = ids.length === 1 ? (ids[0] ?? null) : null;
      return { ids, homeId: config.discord.homeGuildId ?? options.homeGuildId() ?? options.localGuildId ?? only };
    },
    health,
    alerts: () => alerts.open(),
    recentAlerts: () => alerts.recent(),
    integrity: () => inside.integrity ?? refuse(),
    log,
    logTail: options.logTail ?? { lines: () => [], onLine: () => () => undefined },
    audit: (event) => auditLog.record(event, event.by.startsWith('dashboard:') ? 'dashboard' : 'api'),
    records: options.records,
    trustedClock: options.trustedClock,
    clock,
    randomId,
  };
  return {
    plugin: createApi(parts, metrics),
    counting: (answers) => metrics.counting(answers),
    issueTicket: () => tickets.issue(),
    [Symbol.dispose]: () => metrics[Symbol.dispose](),
  };
}

async function archiveOf({ manager, catalogue }: Backups, name: string): Promise<ArchiveFile> {
  const entry = await manager.show(name);
  const file = catalogue.archiveFile(entry.name);
  return {
    fileName: basename(file),
    sizeBytes: entry.sizeBytes,
    sha256: entry.sidecar?.archive.sha256 ?? null,
    async open() {
      const handle = await open(file).catch((cause: unknown): never => {
        throw new AppError('not_found', noArchive(entry.name), { cause });
      });
      if ((await handle.stat()).isFile()) return handle.createReadStream();
      await handle.close();
      throw new AppError('not_found', noArchive(entry.name));
    },
  };
}

const noArchive = (name: string) => ({
  en: `The archive of ${name} is not there any more, so it cannot be downloaded. Take another backup, or a copy from a vault.`,
  ja: `${name} のアーカイブが見つからないため、ダウンロードできません。別のバックアップか、保管先のコピーを使ってください。`,
});

function refuse(): never {
  throw starting();
}
