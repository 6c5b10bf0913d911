import { h } from 'preact';
import { dialog } from '../open-dialog.ts';
import { BackupDialog } from './backup.ts';
import { CleanupDialog } from './cleanup.ts';
import { DeleteDialog } from './delete.ts';
import { RestoreDialog } from './restore.ts';
import { ScheduleDialog } from './schedule.ts';
import { TeachDialog } from './teach.ts';

export function Dialogs() {
  const open = dialog.use();
  if (open === null) return null;
  switch (open.kind) {
    case 'backup':
      return h(BackupDialog, {});
    case 'restore':
      return h(RestoreDialog, { key: open.name, name: open.name });
    case 'delete':
      return h(DeleteDialog, { backup: open.backup });
    case 'cleanup':
      return h(CleanupDialog, { plan: open.plan });
    case 'schedule':
      return h(ScheduleDialog, { schedule: open.schedule });
    case 'teach':
    default:
      return h(TeachDialog, { unanswered: open.unanswered });
  }
}
