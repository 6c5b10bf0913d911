import type { BackupManager } from '../backup/api.ts';
import { audited, type Audit } from '../health/audit-model.ts';

/** The same backups, with a record of each attempt to make, check, change or restore one. */
export function auditedBackups(manager: BackupManager, audit: Audit): BackupManager {
  return {
    ...manager,
    create: (request, run) =>
      audited(
        audit,
        { action: 'backup', by: request.by.id, ...(request.kind === 'manual' ? {} : { detail: request.kind }) },
        () => manager.create(request, run),
        ({ entry }) => ({ backup: entry.name }),
      ),
    verify: (name, options) =>
      audited(
        audit,
        {
          action: options?.drill === true ? 'backups drill' : 'backups verify',
          by: options?.by?.id ?? 'cli',
          backup: name,
        },
        () => manager.verify(name, options),
      ),
    delete: (name, by) =>
      audited(audit, { action: 'backups delete', by: by?.id ?? 'cli', backup: name }, () => manager.delete(name, by)),
    pin: (name, pinned, by) =>
      audited(audit, { action: pinned ? 'backups pin' : 'backups unpin', by: by?.id ?? 'cli', backup: name }, () =>
        manager.pin(name, pinned, by),
      ),
    cleanup: (request) =>
      request.dryRun
        ? manager.cleanup(request)
        : audited(audit, { action: 'backups cleanup', by: request.by?.id ?? 'cli' }, () => manager.cleanup(request)),
    restore: (name, by, run) =>
      audited(audit, { action: 'restore', by: by.id, backup: name }, () => manager.restore(name, by, run)),
  };
}
