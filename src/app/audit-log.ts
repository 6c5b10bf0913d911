import { basename, dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import { secretsIn } from '../config/secrets.ts';
import type { Audit, AuditEvent, AuditPlace, AuditRecord, AuditTrail } from '../health/audit-model.ts';
import { createLineFile, filesOf } from '../log/line-file.ts';
import { linesBackwards } from '../log/lines-backwards.ts';
import { createRedaction, type Log } from '../log.ts';
import { beginning } from '../plain-text.ts';
import { createDenials } from './denials.ts';

export interface AuditLog extends AuditTrail, AsyncDisposable {
  /** Records what is tried at a place. */
  at(place: AuditPlace): Audit;
  record(event: AuditEvent, place: AuditPlace): void;
}

export interface AuditLogOptions {
  readonly databaseFile: string;
  /** The words of a failure may be a vendor's, and people write what they like: secrets are masked, as in the log. */
  readonly redact: (text: string) => string;
  readonly log: Log;
  readonly clock: () => number;
  readonly maxBytes?: number;
}

const MAX_BYTES = 5_000_000;
const MAX_FILES = 5;

/**
 * One line of JSON for every attempt, beside the database, where no restore takes it back. Some hundred thousand of them
 * are kept. A shell command writes to the same file.
 */
export function createAuditLog(options: AuditLogOptions): AuditLog {
  const { databaseFile, redact, log, clock, maxBytes = MAX_BYTES } = options;
  const place = { file: auditFileOf(databaseFile), maxBytes, maxFiles: MAX_FILES };
  const lines = createLineFile({
    ...place,
    isDurable: true,
    onTrouble: (error) =>
      error === null
        ? log.info('The audit log is written to again')
        : log.error(`The audit log ${place.file} cannot be written to at the moment; this log has every line`, {
            error,
          }),
  });
  const leftOutBefore = createDenials(clock);
  let lastAt = 0;

  const masked = (text: string | undefined) => (text === undefined ? undefined : beginning(redact(text), 1000));

  function record(given: AuditEvent, from: AuditPlace): void {
    const leftOut = given.outcome === 'denied' ? leftOutBefore(given.by) : 0;
    if (leftOut === null) return log.debug('audit, not recorded: one of many', { ...given, from });
    const event = leftOut === 0 ? given : { ...given, detail: `and ${leftOut} more, not recorded` };
    log.info('audit', { ...event, from });
    lastAt = Math.max(clock(), lastAt + 1);
    const { action, outcome, by, guild } = event;
    const [backup, detail] = [masked(event.backup), masked(event.detail)];
    const at = new Date(lastAt).toISOString();
    lines.append(JSON.stringify({ at, from, action, outcome, by, guild, backup, detail }));
  }

  async function* records(): AsyncGenerator<AuditRecord> {
    await lines.flush();
    for (const file of filesOf(place)) {
      for await (const line of linesBackwards(file)) {
        const found = parseRecord(line);
        if (found !== null) yield found;
      }
    }
  }

  return {
    record,
    at: (from) => (event) => record(event, from),
    async page({ before, limit }) {
      const found: AuditRecord[] = [];
      for await (const one of records()) {
        if (before !== null && one.at >= before) continue;
        if (found.length === limit) return { records: found, next: found.at(-1)?.at ?? null };
        found.push(one);
      }
      return { records: found, next: null };
    },
    async by(userId) {
      const found: AuditRecord[] = [];
      for await (const one of records()) if (one.by === userId) found.push(one);
      return found;
    },
    [Symbol.asyncDispose]: () => lines.flush(),
  };
}

export const auditFileOf = (databaseFile: string): string =>
  join(dirname(databaseFile), `${basename(databaseFile)}.audit.jsonl`);

const PLACES = new Set<unknown>(['discord', 'api', 'dashboard', 'cli', 'bot'] satisfies AuditPlace[]);

/** That of the bot with this configuration. */
export const auditLogOf = (config: Config, parts: Pick<AuditLogOptions, 'log' | 'clock'>): AuditLog =>
  createAuditLog({ databaseFile: config.database.file, redact: createRedaction(secretsIn(config)), ...parts });

/** Null for a line that a power cut has torn, or that a hand has spoilt. */
function parseRecord(line: string): AuditRecord | null {
  try {
    const { at, ...rest } = JSON.parse(line) as Record<string, unknown>;
    const sound = [rest['action'], rest['outcome'], rest['by']].every((field) => typeof field === 'string');
    const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
    return sound && PLACES.has(rest['from']) && !Number.isNaN(time) ? ({ ...rest, at: time } as AuditRecord) : null;
  } catch {
    return null;
  }
}
