import type { Standing, StateIdentity, TimelineCause } from './state-model.ts';

/** What made a backup: a person, the schedule, a change of knowledge, or a restore that saved what it was to replace. */
export type BackupKind = 'manual' | 'scheduled' | 'after-change' | 'safety';

/** The format of archive and manifest that this program writes. A newer one is refused. */
export const FORMAT = 1;

export interface FileRecord {
  /** Path inside the archive, with `/`, e.g. `sqlite/nescordbot.db`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface Counts {
  /** Rows per SQLite table. */
  readonly tables: Readonly<Record<string, number>>;
  /** Vectors per Chroma collection; empty with a remote Chroma. */
  readonly collections: Readonly<Record<string, number>>;
  /** What can be asked about: documents that were removed, and may be put back, are not in it. Null in older backups. */
  readonly knowledge: Knowledge | null;
}

export interface Knowledge {
  readonly documents: number;
  readonly passages: number;
}

/** What has to be there again after a restore, row by row. */
export type Rows = Omit<Counts, 'knowledge'>;

/** Who asked for it: a Discord user, `api:NAME` of a token, or `cli`, `schedule`, `integrity`. */
export interface Requester {
  readonly id: string;
  readonly name: string;
}

/** What a backup is, as written inside the archive (its last entry) and in the sidecar beside it. */
export interface Manifest {
  readonly format: number;
  /** The archive's name without `.tar.zst`: `nescordbot_backup_20261121_093005`. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly application: { readonly name: string; readonly version: string };
  /** Number of the last migration. */
  readonly schemaVersion: number;
  readonly sqliteVersion: string;
  /** Null with a remote Chroma: the index is then rebuilt from SQLite. */
  readonly chromaVersion: string | null;
  readonly collectionPrefix: string;
  /** Ids of the embedding spaces that have vectors in SQLite. */
  readonly spaces: readonly string[];
  readonly kind: BackupKind;
  readonly reason: string | null;
  readonly by: Requester;
  /** How long writers to the index waited. */
  readonly gateMs: number;
  /** From the beginning to the archive being whole on the disk. */
  readonly durationMs: number;
  readonly counts: Counts;
  /** Whose state it is, and which; null in backups of older versions. */
  readonly identity: StateIdentity | null;
  readonly files: readonly FileRecord[];
}

export interface Check {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly ok: boolean;
  readonly durationMs: number;
  /** What was wrong, in words; empty when ok. */
  readonly problems: readonly string[];
  /**
   * Documents in it that were not as they had been stored when it was made. It is whole otherwise, and worth more than an
   * older one that lacks what came since: after a restore, these are made anew or taken from another backup.
   */
  readonly flaws?: readonly string[];
}

/** Beside the archive, `NAME.manifest.json`: the manifest and what is learnt about the archive later. */
export interface Sidecar {
  readonly manifest: Manifest;
  readonly archive: { readonly sizeBytes: number; readonly sha256: string };
  readonly pinned: boolean;
  /** Every byte read back, hashes and SQLite checked. */
  readonly verified: Check | null;
  /** Restored into a scratch folder and asked a question; `durationMs` is the measured time to restore. */
  readonly drilled: Check | null;
  /** For a safety backup: until when retention keeps it whatever the rules, seven days from the restore that made it. */
  readonly safetyUntil: number | null;
  /** Made under a clock that was in doubt: what it said when that doubt began, by which it is told from another. */
  readonly doubtedSince: number | null;
}

/** One backup as the catalogue, which is the disk, shows it. */
export interface BackupEntry {
  readonly name: string;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch, from the name. */
  readonly createdAt: number;
  /** `damaged`: listed, never hidden, with the reason in `problem`; `unverified` with a problem: of a newer program. */
  readonly state: 'good' | 'unverified' | 'damaged';
  /** Of a good one: what in it is not as it was stored. */
  readonly problem: string | null;
  readonly standing: Standing;
  /** Of a `branch`: what left it. */
  readonly leftBy?: TimelineCause;
  /** Null where neither sidecar nor archive could be read. */
  readonly sidecar: Sidecar | null;
  /** Whether the archive on this machine is. */
  readonly encrypted?: boolean;
}
