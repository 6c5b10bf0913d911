import type { Schedule } from '../backup/api.ts';
import type { Config } from '../config.ts';
import { isAppError } from '../errors.ts';
import type { AuditTrail } from '../health/audit-model.ts';
import type { Records } from '../health/records-ports.ts';
import type { Inside } from './api.ts';
import { describeSettings } from './settings-report.ts';

/** What operators can look up of a running bot. */
export function createRecords(config: Config, inside: Readonly<Inside>, trail: AuditTrail): Records {
  return { trail, settings: () => describeSettings(config, saved(inside)) };
}

/** Null while it is not known: then the configuration is what counts. */
function saved({ schedule }: Readonly<Inside>): Schedule | null {
  try {
    return schedule?.current() ?? null;
  } catch (error) {
    if (isAppError(error, 'busy')) return null;
    throw error;
  }
}
