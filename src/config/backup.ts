import { join, resolve } from 'node:path';
import type { StorageConfig } from './storage.ts';
import { variables, type Values } from './variables.ts';

export interface BackupConfig {
  readonly directory: string;
  readonly directoryIsDefault: boolean;
  /** How many to keep by each rule; 0 switches one off. */
  readonly keep: {
    readonly last: number;
    readonly hourly: number;
    readonly daily: number;
    readonly weekly: number;
    readonly monthly: number;
    readonly timeZone: string;
  };
  /** zstd level. */
  readonly compression: number;
  /** Until operators change it; `off` among the rules is `enabled: false`. */
  readonly schedule: {
    readonly enabled: boolean;
    readonly rule: string;
    readonly timeZone: string;
    readonly afterChanges: boolean;
  };
}

export function backupConfig(values: Values, storage: StorageConfig): BackupConfig {
  const timeZone = values.BACKUP_TIME_ZONE;
  const periods = {
    hourly: values.BACKUP_KEEP_HOURLY,
    daily: values.BACKUP_KEEP_DAILY,
    weekly: values.BACKUP_KEEP_WEEKLY,
    monthly: values.BACKUP_KEEP_MONTHLY,
  };
  const byPeriod = Object.values(periods).some((count) => count > 0);
  const enabled = values.BACKUP_SCHEDULE !== 'off';
  return {
    directory: resolve(values.BACKUP_DIRECTORY ?? join(storage.directory, 'backups')),
    directoryIsDefault: values.BACKUP_DIRECTORY === null,
    keep: { last: byPeriod ? 0 : values.BACKUP_KEEP, ...periods, timeZone },
    compression: values.BACKUP_COMPRESSION,
    schedule: {
      enabled,
      rule: enabled ? values.BACKUP_SCHEDULE : variables.BACKUP_SCHEDULE.default,
      timeZone,
      afterChanges: values.BACKUP_AFTER_CHANGES,
    },
  };
}
