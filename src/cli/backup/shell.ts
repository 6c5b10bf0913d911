import type { BackupManager } from '../../backup/api.ts';
import type { OffSite } from '../../backup/offsite/api.ts';
import type { Audit } from '../../health/audit-model.ts';
import type { ExportSource, ImportTarget } from '../../backup/portable/model.ts';
import type { Terminal } from '../terminal.ts';

/** What the backup commands of the shell work with, whether the bot is running or not. */
export interface BackupParts {
  readonly backups: BackupManager;
  readonly offSite: OffSite;
  readonly audit: Audit;
  readonly version: string;
  /** @throws AppError `not_found`: there is no database yet */
  openExport(): ExportSource;
  /** @throws AppError `busy`: a bot is running on the volume */
  openImport(): Promise<ImportTarget>;
}

export interface BackupShell extends BackupParts {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Asks a yes-or-no question; null where nobody is there to answer. */
  readonly confirm: (question: string) => Promise<boolean | null>;
}
