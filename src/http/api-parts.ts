import type { Readable } from 'node:stream';
import type { BackupManager, BackupSchedule } from '../backup/api.ts';
import type { OffSite } from '../backup/offsite/api.ts';
import type { Words } from '../errors.ts';
import type { Audit } from '../health/audit-model.ts';
import type { TrustedClock } from '../health/clock-model.ts';
import type { IntegrityWatch } from '../health/integrity/model.ts';
import type { OpenAlert, PastAlert, StatusSource } from '../health/ports.ts';
import type { Records } from '../health/records-ports.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import type { Insights } from '../knowledge/store-ports.ts';
import type { Log, LogTail } from '../log.ts';
import type { Tickets } from './tickets.ts';
import type { ApiToken } from './tokens.ts';

/** Copies of the backups at one place off the machine. */
export interface VaultCopies {
  /** `github`, `s3`, `folder`. */
  readonly name: string;
  /** For people: `GitHub mika/bot-data (main)`. */
  readonly label: string;
  /** Names of the backups of this installation that are there and were read back. */
  readonly backups: readonly string[];
  /** The one of them that would be restored; null where there is none. */
  readonly newest: string | null;
  /** Names of other installations' backups that are there. */
  readonly others: readonly string[];
  readonly usedBytes: number | null;
  readonly limitBytes: number | null;
  /** What is wrong with it; null when nothing is. */
  readonly problem: Words | null;
  /** Backups that wait to be sent. */
  readonly pending: number;
  /** Since when there is knowledge that no copy there has; null when all is there. Milliseconds since the epoch, as the next. */
  readonly behindSince: number | null;
  /** When everything that should be there was. */
  readonly lastSuccessAt: number | null;
  /** Copies whose bytes are not those that were stored. */
  readonly rotten: number;
  /** When the copies that count were last read back, the last of them and the one that was not for longest; null: none was. */
  readonly readBackAt: number | null;
  readonly oldestReadBackAt: number | null;
  /** Null when it will not be full in ten years, or nobody knows. */
  readonly fullInDays: number | null;
}

export interface ArchiveFile {
  readonly fileName: string;
  readonly sizeBytes: number;
  /** Hex; null while it was never read. */
  readonly sha256: string | null;
  /** Called once: opens the file. */
  open(): Promise<Readable>;
}

/**
 * What the API works with. Functions throughout, for what stands behind them is exchanged by a restore and is not there
 * yet while the bot starts; both throw AppError `busy`.
 */
export interface ApiParts {
  readonly tokens: readonly ApiToken[];
  /** Whether the dashboard is at `/`, too. */
  readonly ownsRoot: boolean;
  /** For logging in without a token. */
  readonly tickets: Pick<Tickets, 'redeem'>;
  readonly requestsPerMinute: number;
  readonly documentBytes: number;
  readonly backups: () => BackupManager;
  readonly schedule: () => BackupSchedule;
  /** @throws AppError `not_found`, `invalid` */
  readonly archive: (name: string) => Promise<ArchiveFile>;
  readonly copies: () => Promise<readonly VaultCopies[]>;
  readonly offSite: () => OffSite;
  readonly library: () => Library;
  readonly answers: () => Answers;
  readonly insights: () => Insights;
  /** Servers that have documents, and the one that is meant when none is named. */
  readonly guilds: () => { readonly ids: readonly string[]; readonly homeId: string | null };
  readonly health: StatusSource;
  readonly alerts: () => readonly OpenAlert[];
  /** What is over, newest first. */
  readonly recentAlerts: () => readonly PastAlert[];
  readonly integrity: () => IntegrityWatch;
  readonly trustedClock: Pick<TrustedClock, 'confirm'>;
  readonly log: Pick<Log, 'error'>;
  readonly logTail: LogTail;
  readonly audit: Audit;
  readonly records: Records;
  readonly clock: () => number;
  /** 256 bits, safe in an address. */
  readonly randomId: () => string;
}
