import type { BackupManager } from '../../backup/api.ts';
import { FAILED_BACKUP, failedBackup } from '../../health/alerting/rules/failed-backup.ts';
import type { Alerts } from '../../health/ports.ts';

/** The same backups, with an alert while they fail. */
export function watchedBackups(manager: BackupManager, alerts: Pick<Alerts, 'raise' | 'resolve'>): BackupManager {
  return {
    ...manager,
    async create(request, run) {
      try {
        const result = await manager.create(request, run);
        alerts.resolve(FAILED_BACKUP);
        return result;
      } catch (error) {
        const alert = failedBackup(request.kind, error);
        if (alert !== null) alerts.raise(alert);
        throw error;
      }
    },
  };
}
