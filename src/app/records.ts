import type { Config } from '../config.ts';
import type { AuditTrail } from '../health/audit-model.ts';
import type { Records } from '../health/records-ports.ts';
import type { Inside } from './api.ts';
import { currentSchedule } from './current-schedule.ts';
import { describeSettings } from './settings-report.ts';

/** What operators can look up of a running bot. While the schedule is not known, the configuration is what counts. */
export function createRecords(config: Config, inside: Readonly<Inside>, trail: AuditTrail): Records {
  return { trail, settings: () => describeSettings(config, currentSchedule(inside.schedule)) };
}
