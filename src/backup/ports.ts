import { AppError } from '../errors.ts';
import type { OwnState } from './coverage-model.ts';
import type { Counts, FileRecord, Rows } from './model.ts';
import type { StateIdentity } from './state-model.ts';

/** Part of the bot's state that can be copied consistently while the write gate is held. */
export interface SnapshotSource {
  readonly name: 'sqlite' | 'chroma';
  /** All of it can be made anew from the other source, so a backup is made without it where it is `damaged`. */
  readonly isDerived?: true;
  /** Bytes that a capture takes, at most, for the free-space check. */
  estimateBytes(): Promise<number>;
  /**
   * Writes a consistent copy into `folder` (which exists and is empty, and is this source's own: `STAGE/NAME`, say) off the
   * main thread, and returns what it wrote. It is scratch: nothing waits until it is on the disk. The file PATH there becomes `NAME/PATH` in the archive.
   * `onPinned` is called once what happens from then on can no longer get into the copy: writers may go on.
   * @throws AppError `unavailable`, `damaged`, `aborted`; ENOSPC becomes `limit` saying how much is missing
   */
  capture(folder: string, signal?: AbortSignal, onPinned?: () => void): Promise<CapturedPart>;
}

export interface CapturedPart {
  /** Paths relative to the folder, with `/`. */
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly counts: Partial<Counts>;
  /** SQLite's version; the highest migration of Chroma's database. */
  readonly version: string;
  /** Of SQLite's copy only: number of the last migration, and the embedding spaces that have vectors. */
  readonly schemaVersion?: number;
  readonly spaces?: readonly string[];
}

/** What `checkSqliteCopy` finds in a database file that nobody has open. */
export interface SqliteReport {
  readonly schemaVersion: number;
  readonly sqliteVersion: string;
  readonly tables: Readonly<Record<string, number>>;
  readonly knowledge: Counts['knowledge'];
  /** As the database says it; null for one that was never marked, or not by a version that knew identities. */
  readonly identity: StateIdentity | null;
  readonly spaces: readonly string[];
  /** From `integrity_check`, `foreign_key_check` and its schema; empty when all is well. */
  readonly problems: readonly string[];
  /** Documents that are not as they were stored: of a database that is sound, but for the values of these. */
  readonly flaws?: readonly string[];
}

export interface ArchiveProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface ArchiveWork {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ArchiveProgress) => void;
}

/** What a job in a thread of its own is given; what happens in it never holds the main thread up. */
export interface ThreadContext {
  readonly signal: AbortSignal;
  readonly progress: (progress: ArchiveProgress) => void;
  /** Waits for what the main thread answers to a question. */
  readonly ask: (question: unknown) => Promise<unknown>;
}

/** Runs named jobs of a worker's file, each in a thread of its own. */
export interface JobThreads {
  /** Comes back when the thread has ended, aborted or not. @throws AppError as the job does; `aborted` */
  run<Result>(
    name: string,
    request: unknown,
    /** `answer` may take its time; the job goes on once it is there. */
    work?: ArchiveWork & { readonly answer?: (question: unknown) => unknown },
  ): Promise<Result>;
}

/** What every byte of an archive came to. */
export interface ArchiveReading {
  readonly sizeBytes: number;
  /** Of the archive itself. */
  readonly sha256: string;
  /** All entries but `manifest.json`. */
  readonly files: readonly FileRecord[];
  /** The text of `manifest.json`. */
  readonly manifest: string | null;
}

/**
 * tar → zstd, off the main thread. Everything read from an archive is hostile until proved otherwise.
 * @throws AppError `damaged` naming the entry; `limit` when the disk is full; `aborted`
 */
export interface ArchiveFormat {
  /**
   * Packs the files below `folder` and, as the last entry, `manifest.json`, made by `manifest` from the hashes of what was
   * packed. The archive appears whole under `file` or not at all: until then it is `FILE.partial`; fsync, rename, fsync of the folder; mode 0600.
   * Until then, too, every byte of it was read back from the file and unpacked, and was what had been packed.
   * @throws AppError `conflict` when the file is there already; `damaged` when it is not what comes back
   */
  write(
    request: {
      readonly file: string;
      readonly folder: string;
      readonly paths: readonly string[];
      /** zstd level. */
      readonly level: number;
      readonly manifest: (files: readonly FileRecord[]) => string | Promise<string>;
    },
    work?: ArchiveWork,
  ): Promise<{ readonly sizeBytes: number; readonly sha256: string }>;
  /**
   * Reads every byte: the archive's own hash, the hash and size of each entry but `manifest.json`, and the text of that.
   * What cannot be an archive of ours is refused on the way.
   */
  read(file: string, work?: ArchiveWork): Promise<ArchiveReading>;
  /**
   * Unpacks exactly the files that are expected, with exactly their sizes and hashes, into `folder` (exists, empty),
   * fsynced. Links, devices, absolute and climbing paths, duplicates, surplus and missing entries and anything larger than
   * declared are refused, and nothing is written outside `folder`. What `only` excludes is read and checked, not written.
   * Every byte is read, as by `read`, and that is what comes back.
   */
  extract(
    file: string,
    folder: string,
    expected: readonly FileRecord[],
    work?: ArchiveWork & { readonly only?: (path: string) => boolean },
  ): Promise<ArchiveReading>;
}

/** A place where restored content is tried out: a second store and a second Chroma on scratch folders. */
export interface DrillRig {
  /** Opens what was staged, compares counts and known neighbours, asks a question. Returns the problems found. */
  rehearse(folder: string, counts: Rows, signal?: AbortSignal): Promise<readonly string[]>;
}

/** Where the settings of a database hold when backups are made by themselves. */
export const SCHEDULE_SETTING = { scope: 'global', key: 'backup-schedule' } as const;

/** What a restore would change, as two databases tell. */
export interface ContentComparison {
  /** At most 10 titles, newest first; `count` has them all. */
  readonly documentsLost: { readonly count: number; readonly titles: readonly string[] };
  readonly documentsReturning: { readonly count: number; readonly titles: readonly string[] };
  readonly questionsLost: number;
  /** Without those of people who have asked to be forgotten since: they are removed again at once. */
  readonly questionsReturning: number;
  /** Votes that go, come back or turn, on questions that are on both sides. */
  readonly votesChanging: number;
  readonly guildsWithOtherSettings: number;
  readonly scheduleChanges: boolean;
}

/** Database files beside the open store, worked on off the main thread. */
export interface DatabaseFiles {
  /** `copy` is ours and may be migrated on the way; `live` is only read. */
  compare(copy: string, live: string, signal?: AbortSignal): Promise<ContentComparison>;
  /** What is wrong with a database, in words; empty when it is sound. It may be open elsewhere and is only read. */
  problems(file: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Rows per table. */
  count(file: string, signal?: AbortSignal): Promise<Readonly<Record<string, number>>>;
  /** Lets no number that was given out in `live` be given out again in `copy`; fsynced, and one file. */
  reserveNumbers(copy: string, live: string): Promise<void>;
  /** Has these documents, and nothing else, as `copy` has them, where it has them whole. @returns which it had */
  takeDocuments(ids: readonly number[], copy: string, live: string, signal?: AbortSignal): Promise<readonly number[]>;
}

/**
 * The bot while its content is exchanged underneath it, in this order: `hold`, `vacate`, `claim`, (the exchange),
 * `reoccupy`, `settle`, `resume`. After a failure, `reoccupy` and `resume` bring back whatever lies there then.
 */
export interface Premises extends OwnState {
  /** The live content: each is moved aside and replaced within its own root. */
  readonly contents: readonly Content[];
  /** From now on nothing is added, removed or changed by people, so that the safety backup has it all; answers go on. */
  hold(): void;
  /**
   * Lets answers and jobs under way end (at most `drainMs`), then closes store and index. From then on members are told
   * that the bot is restoring.
   */
  vacate(drainMs: number): Promise<void>;
  /** Makes sure that no other process, a shell's say, has the content open. @throws AppError `busy` */
  claim(): Promise<void>;
  /**
   * Opens everything on what now lies there: migrations, volume check, reconciliation. No job runs yet.
   * @param branch given where what lies there was restored, which goes on as a new timeline
   * @throws AppError
   */
  reoccupy(branch?: Branch | null): Promise<void>;
  /**
   * Takes out of what was restored what must not come back: what people had removed since. Nobody is let in before.
   * @throws AppError
   */
  settle(): Promise<void>;
  /** Counts of the open store, to compare with the manifest. */
  tables(): Promise<Readonly<Record<string, number>>>;
  /** Lets people and jobs in again. */
  resume(): void;
  /** The bot could not be opened on anything: whoever runs the process ends it, so that the next start recovers. */
  giveUp(error: unknown): void;
}

/** What a restore begins its timeline with. */
export interface Branch {
  /** Whose state it is from now on; null where there was none, and it stays whose it was. */
  readonly installationId: string | null;
  /** The highest number of a timeline that is known. */
  readonly after: number;
}

/** Something that a restore replaces. A mount point cannot be renamed, so what is inside moves within `root`. */
export interface Content {
  readonly name: 'sqlite' | 'chroma';
  /** The folder on the volume that holds it. */
  readonly root: string;
  /** Names in `root` that belong to it: `['nescordbot.db', 'nescordbot.db-wal', …]`, or all but the lock files. */
  readonly owns: (name: string) => boolean;
  /** What a file of the archive is called in `root`: `sqlite/nescordbot.db` → `nescordbot.db`. */
  readonly place: (path: string) => string;
}

export interface Cron {
  /** Calls at the times that a cron expression names, and each minute besides. Returns the way to stop. */
  schedule(expression: string, timeZone: string, look: () => void): () => void;
}

/** Calls once, after a while. Returns the way to call it off. */
export type Later = (delayMs: number, run: () => void) => () => void;

/** As the file system says it. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

/** What every part says when the disk is full; `missingBytes` is what it had still to write. */
export function diskFull(what: string, missingBytes: number, cause: unknown): AppError {
  const megabytes = Math.max(1, Math.ceil(missingBytes / 1e6));
  return new AppError(
    'limit',
    {
      en: `The disk is full: ${what} needs up to ${megabytes} MB more. Nothing that was there before was changed. Free space or enlarge the volume.`,
      ja: `ディスクがいっぱいです。${what} にはあと最大 ${megabytes} MB 必要です。既存のデータは変更していません。空き容量を増やしてください。`,
    },
    { cause },
  );
}
