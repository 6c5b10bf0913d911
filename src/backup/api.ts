import type { Words } from '../errors.ts';
import type { BackupEntry, BackupKind, Requester } from './model.ts';
import type { Coverage } from './coverage-model.ts';
import type { ContentComparison } from './ports.ts';

export type Stage =
  | 'waiting'
  | 'fetching'
  | 'decrypting'
  | 'checking'
  | 'capturing'
  | 'compressing'
  | 'verifying'
  | 'retention'
  | 'sending'
  | 'drilling'
  | 'staging'
  | 'saving'
  | 'swapping'
  | 'opening'
  | 'done';

export interface BackupProgress {
  readonly stage: Stage;
  readonly doneBytes: number;
  /** 0 while unknown. */
  readonly totalBytes: number;
}

export interface Removal {
  readonly name: string;
  readonly reason: Words;
}

export interface Kept {
  readonly name: string;
  /** Why it is kept, one reason per rule that keeps it: `newest 5`, `daily 2026-11-20`, `pinned`, `newest verified`. */
  readonly reasons: readonly Words[];
}

export interface RetentionPlan {
  readonly kept: readonly Kept[];
  readonly removed: readonly Removal[];
}

export interface CreateRequest {
  readonly kind: BackupKind;
  readonly reason: string | null;
  readonly by: Requester;
}

export interface CreateResult {
  readonly entry: BackupEntry;
  readonly retention: RetentionPlan;
}

/** What a restore would change, taken from the backup itself. */
export interface RestorePreview extends ContentComparison {
  readonly entry: BackupEntry;
  /** In words: an older schema is migrated, another embedding space is indexed again. */
  readonly remarks: readonly { readonly en: string; readonly ja: string }[];
  /** False when what is there now is too damaged to be backed up first; `remarks` has it in words. */
  readonly undoable: boolean;
  /** From the last drill, or estimated from the size. */
  readonly estimatedMs: number;
}

export interface RestoreResult {
  readonly entry: BackupEntry;
  /**
   * The backup of what was there before; restoring it undoes this. Where that was damaged: its files as they were, in the
   * state `damaged`, which is refused.
   */
  readonly safety: BackupEntry;
  readonly durationMs: number;
  /** How long people who asked were told to wait. */
  readonly waitedMs: number;
  readonly documents: number;
  readonly questions: number;
}

/** A document that was taken from a backup, and from which. */
export interface TakenBack {
  readonly documentId: number;
  readonly backup: string;
}

/** What the backups take of their volume, and when it is full if they go on growing as they do. */
export interface Forecast {
  readonly backups: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** Growth of all kept backups together; 0 while it cannot be told or they do not grow. */
  readonly bytesPerDay: number;
  /** Null when it will not be full, or not in ten years. */
  readonly fullInDays: number | null;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BackupProgress) => void;
}

export interface RestoreOptions extends RunOptions {
  /** The highest number of a timeline that is known elsewhere; what was restored goes on beyond it. */
  readonly after?: number;
}

/**
 * Backups of everything the bot knows, of every guild. One job at a time.
 * @throws AppError `busy` (another job runs; the message has its progress), `not_found`, `damaged` (names the file and
 *   the next-best backup), `limit` (no room; says how much is missing), `conflict` (refused, with the reason)
 */
export interface BackupManager {
  create(request: CreateRequest, options?: RunOptions): Promise<CreateResult>;
  /** By their names, newest first, damaged ones included. Which of them counts says `newestVerified`. */
  list(): Promise<readonly BackupEntry[]>;
  /** What would be lost with the database now, were the backups here left. */
  coverage(): Promise<Coverage>;
  show(name: string): Promise<BackupEntry>;
  /** Reads every byte back; with `drill`, restores into a scratch folder and asks a question. Noted in the sidecar. */
  verify(
    name: string,
    options?: RunOptions & { readonly drill?: boolean; readonly by?: Requester },
  ): Promise<BackupEntry>;
  /** The backup, where `delete` would not refuse it: whoever asks first is told before. @throws AppError `conflict` */
  deletable(name: string): Promise<BackupEntry>;
  /** Refuses pinned ones and the last verified one. */
  delete(name: string, by?: Requester): Promise<BackupEntry>;
  pin(name: string, pinned: boolean, by?: Requester): Promise<BackupEntry>;
  /** What retention would do now; with `dryRun` false, does it. */
  cleanup(options: { readonly dryRun: boolean; readonly by?: Requester }): Promise<RetentionPlan>;
  preview(name: string, options?: RunOptions): Promise<RestorePreview>;
  restore(name: string, by: Requester, options?: RestoreOptions): Promise<RestoreResult>;
  /**
   * Takes single documents, as they were, from the newest backup here that has each of them whole, without going back to it.
   * @returns those that a backup has
   */
  takeBack(documentIds: readonly number[], options?: RunOptions): Promise<readonly TakenBack[]>;
  /** What runs now; null when nothing does. */
  running(): (BackupProgress & { readonly what: 'backup' | 'restore' | 'verify' }) | null;
  space(): Promise<Forecast>;
}

export interface Schedule {
  readonly enabled: boolean;
  /** `every 6h`, `daily 02:00`, `weekly sun 02:00`, `monthly 1 02:00`. */
  readonly rule: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly afterChanges: boolean;
}

export interface BackupSchedule {
  current(): Schedule & {
    /** Of the rule; `afterChangesAt` is when the one after changes comes, null while none is due. */
    readonly nextAt: number | null;
    readonly afterChangesAt: number | null;
    readonly lastAt: number | null;
  };
  /** Kept in the settings. @throws AppError `invalid` with what is allowed */
  change(change: Partial<Schedule>, by?: Requester): Schedule & { readonly nextAt: number | null };
}
