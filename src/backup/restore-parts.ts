import type { Log } from '../log.ts';
import type { CreateRequest } from './api.ts';
import type { Catalogue } from './catalogue.ts';
import type { Capabilities } from './compatibility.ts';
import type { BackupEntry, Manifest } from './model.ts';
import type { ArchiveFormat, ArchiveReading, DatabaseFiles, Premises, SqliteReport } from './ports.ts';
import type { SetAside } from './set-aside.ts';
import type { JobContext, JobSlot } from './slot.ts';

/** Where the database lies in an archive. */
export const LIVE_DATABASE = 'sqlite/nescordbot.db';

export interface FoundBackup {
  readonly entry: BackupEntry;
  readonly manifest: Manifest;
  readonly file: string;
}

/** Backups as a restore needs them. */
export interface RestoreSource {
  /** @throws AppError `invalid`, `not_found`; `damaged` (names the next-best backup) */
  find(name: string): Promise<FoundBackup>;
  /**
   * Has it unpacked beside what is live, and refuses it as a restore would; it needs no job of its own.
   * @throws AppError `damaged`; whatever `unpack` throws
   */
  asWritten(found: FoundBackup, unpack: (found: FoundBackup) => Promise<ArchiveReading>): Promise<FoundBackup>;
  /**
   * Has it unpacked, which reads every byte. Refused in the same words, and noted as damaged, unless each is as written.
   * @throws AppError `damaged`; whatever `unpack` throws
   */
  whole(
    found: FoundBackup,
    job: JobContext,
    unpack: (found: FoundBackup) => Promise<ArchiveReading>,
  ): Promise<FoundBackup>;
}

export interface RestoreParts {
  readonly slot: Pick<JobSlot, 'run'>;
  readonly source: RestoreSource;
  readonly archive: ArchiveFormat;
  readonly checkCopy: (file: string, signal?: AbortSignal) => Promise<SqliteReport>;
  readonly files: DatabaseFiles;
  /** Makes a backup within the job that runs, of kind `safety`, kept for seven days. */
  readonly save: (request: CreateRequest, job: JobContext) => Promise<BackupEntry>;
  /** Instead, where what is live is too damaged to be backed up. */
  readonly setAside: SetAside;
  /** Where both keep it. */
  readonly room: Pick<Catalogue, 'freeName' | 'show' | 'remove' | 'list'>;
  readonly premises: Premises;
  /** The live database. */
  readonly databaseFile: string;
  readonly journalFile: string;
  readonly capabilities: () => Capabilities;
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
  /** How long answers and jobs under way may take to end. */
  readonly drainMs?: number;
}
