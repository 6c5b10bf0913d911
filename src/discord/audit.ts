import type { Log } from '../log.ts';

/** Somebody's attempt at something that concerns everybody's data. */
export interface AuditEvent {
  /** `restore`, `backups delete`. */
  readonly action: string;
  /** `denied`: no access; `refused`: allowed, but not like this or not now; `failed`: begun, and not done. */
  readonly outcome: 'asked' | 'confirmed' | 'cancelled' | 'done' | 'denied' | 'refused' | 'failed';
  /** The person's Discord id. */
  readonly by: string;
  readonly guild: string;
  readonly backup?: string;
  readonly detail?: string;
}

export type Audit = (event: AuditEvent) => void;

/** One line of the log per attempt, whatever came of it; `audit` finds them all. */
export function createAudit(log: Log): Audit {
  return (event) => log.info('audit', event);
}
