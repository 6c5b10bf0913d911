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

/** One record for what was tried and what came of it, failures included. */
export async function audited<Result>(
  audit: Audit,
  /** Its `detail` is what was done; of what failed, the reason stands there. */
  attempt: Omit<AuditEvent, 'outcome'>,
  work: () => Result | Promise<Result>,
  /** What is known of it only once it is done. */
  made: (result: Result) => Pick<AuditEvent, 'backup'> = () => ({}),
): Promise<Result> {
  try {
    const result = await work();
    audit({ ...attempt, ...made(result), outcome: 'done' });
    return result;
  } catch (error) {
    const refused = isAppError(error) && REFUSALS.has(error.code);
    const detail = error instanceof Error ? error.message : String(error);
    audit({ ...attempt, outcome: refused ? 'refused' : 'failed', detail });
    throw error;
  }
}
