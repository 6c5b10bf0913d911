import type { RunningView } from '../../../schemas/backup.ts';
import type { IntegrityView } from '../../../schemas/integrity.ts';
import type { JobView } from '../../../schemas/job.ts';
import type { OverviewView } from '../../../schemas/overview.ts';
import type { Locale } from './locale.ts';

export type {
  BackupView as Backup,
  ListedBackupView as ListedBackup,
  PreviewView as Preview,
  ScheduleView as Schedule,
  CleanupView as Cleanup,
} from '../../../schemas/backup.ts';
export type { AnswerView as Answer, DocumentView as Document } from '../../../schemas/knowledge.ts';

export type Job = JobView;
export type IntegrityReport = IntegrityView;
export type Overview = OverviewView;
export type Running = RunningView;
export type Alert = Overview['alerts'][number];
export type Part = Overview['parts'][number];
export type Copy = Overview['copies'][number];
export type Figures = NonNullable<Overview['questions']>;
export type Unanswered = Figures['unanswered'][number];
export type Day = Figures['days'][number];

export interface Who {
  readonly name: string;
  readonly scope: 'read' | 'operate';
}

export interface Setting {
  readonly name: string;
  readonly value: string | null;
  readonly source: string;
  readonly secret: boolean;
  /** Those of one group follow each other. */
  readonly group: Readonly<Record<Locale, string>>;
  readonly about: Readonly<Record<Locale, string>>;
}

export interface AuditRecord {
  readonly at: string;
  readonly from: string;
  readonly action: string;
  readonly outcome: string;
  readonly by: string;
  readonly backup: string | null;
  readonly detail: string | null;
}

export interface LogLine {
  readonly at: string;
  readonly level: string;
  readonly text: string;
}

/** What the server tells by itself, between two looks at the whole. */
export interface Live {
  readonly running: Running | null;
  readonly parts: readonly Part[];
  readonly freeBytes: number | null;
  readonly alerts: readonly Alert[];
}
