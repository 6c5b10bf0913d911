import type { AuditTrail } from './audit-model.ts';
import type { SettingLine } from './settings-model.ts';

/** What whoever runs the bot can look up about it. */
export interface Records {
  readonly trail: AuditTrail;
  /** The whole configuration in force, with secrets masked. */
  settings(): readonly SettingLine[];
}
