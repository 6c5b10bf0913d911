import { isAppError, type ErrorCode } from '../errors.ts';

/** Somebody's attempt at something that concerns everybody's data. */
export interface AuditEvent {
  /** `restore`, `backups delete`. */
  readonly action: string;
  /** `denied`: no access; `refused`: allowed, but not like this or not now; `failed`: begun, and not done. */
  readonly outcome: 'asked' | 'confirmed' | 'cancelled' | 'done' | 'denied' | 'refused' | 'failed';
  /** The person's Discord id; `api:NAME` or `dashboard:NAME` of a token; `cli`; `schedule`, `integrity`: nobody. */
  readonly by: string;
  readonly guild?: string;
  readonly backup?: string;
  readonly detail?: string;
}

/** `bot`: by itself. */
export type AuditPlace = 'discord' | 'api' | 'dashboard' | 'cli' | 'bot';

export interface AuditRecord extends AuditEvent {
  /** Milliseconds since the epoch; no two records of one process have the same. */
  readonly at: number;
  readonly from: AuditPlace;
}

export type Audit = (event: AuditEvent) => void;

/** What was recorded, in a file that a restore leaves alone. */
export interface AuditTrail {
  /** Newest first, from before a time on; `next` is where the following page begins. */
  page(from: {
    readonly before: number | null;
    readonly limit: number;
  }): Promise<{ readonly records: readonly AuditRecord[]; readonly next: number | null }>;
  /** All that somebody did, newest first. */
  by(userId: string): Promise<readonly AuditRecord[]>;
}

const REFUSALS = new Set<ErrorCode>(['busy', 'conflict', 'forbidden', 'invalid', 'not_found', 'limit']);

/** What is recorded of an attempt that ended with an error: whoever asked, the same error is the same outcome. */
export function failureOf(error: unknown): Pick<AuditEvent, 'outcome' | 'detail'> {
  const refused = isAppError(error) && REFUSALS.has(error.code);
  return { outcome: refused ? 'refused' : 'failed', detail: error instanceof Error ? error.message : String(error) };
}

/**
 * One record for what was tried and what came of it, failures included.
 * What goes wrong after `work` was done is not the attempt's, and makes no second record.
 */
export async function audited<Result>(
  audit: Audit,
  /** Its `detail` is what was done; of what failed, the reason stands there. */
  attempt: Omit<AuditEvent, 'outcome'>,
  work: () => Result | Promise<Result>,
  /** What is known of it only once it is done; `outcome` where that was but a step, such as `asked`. */
  made: (result: Result) => Partial<Pick<AuditEvent, 'backup' | 'detail' | 'outcome'>> = () => ({}),
): Promise<Result> {
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    audit({ ...attempt, ...failureOf(error) });
    throw error;
  }
  audit({ ...attempt, outcome: 'done', ...made(result) });
  return result;
}
