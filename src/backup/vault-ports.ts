import type { ArchiveWork } from './ports.ts';

/** One backup as it leaves the machine: its archive, encrypted or not, and a small description that may be read by anyone. */
export interface VaultCopy {
  /** The backup's name: `nescordbot_backup_20261121_093005`. */
  readonly name: string;
  /** `NAME.tar.zst`, or `NAME.tar.zst.age` when it is encrypted. */
  readonly fileName: string;
  /** Size and SHA-256 (hex) of that file, as it is stored. */
  readonly sizeBytes: number;
  readonly sha256: string;
  /** JSON, stored beside the archive as `NAME.manifest.json`; see `formatVaultNote`. */
  readonly note: string;
  /** Why it was made and by whom, for a vault that keeps a history: `manual backup by Mika: before the clean-up`. */
  readonly message: string;
}

/** What a vault says that it holds; an upload that was cut off is not among it. */
export interface StoredCopy {
  readonly name: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  /** Null where the vault does not say without reading all of it. */
  readonly sha256: string | null;
  /** Null when there is none beside the archive. */
  readonly note: string | null;
}

/** Which copy is meant: of one backup there can be two, encrypted and not. */
export type CopyId = Pick<StoredCopy, 'name' | 'fileName'>;

export interface VaultUsage {
  readonly usedBytes: number;
  /** Null where nobody sets one. */
  readonly limitBytes: number | null;
}

export type VaultName = 'github' | 's3' | 'folder';

/**
 * A place off the machine that keeps copies of backups. What is put there appears whole or not at all, and what is there
 * already under the same name is replaced only by the same bytes.
 * @throws AppError `unavailable` (with the way out; `retryAfterMs` when the vault said one), `forbidden` (wrong or expired
 *   credentials, named), `limit` (full, or over its quota), `not_found`, `damaged` (what came is not what was stored),
 *   `aborted`; never with a credential in message or cause
 */
export interface Vault {
  readonly name: VaultName;
  /** For people, without credentials: `GitHub mika/bot-data (main)`. */
  readonly label: string;
  /** Takes up again what was interrupted where the vault allows it. */
  put(copy: VaultCopy, file: string, work?: ArchiveWork): Promise<void>;
  /** Newest first; a backup that is there both encrypted and not has a copy for each. */
  list(signal?: AbortSignal): Promise<readonly StoredCopy[]>;
  /** Reads all of it back from the vault, not from anything kept on this machine, and keeps nothing. */
  readBack(copy: CopyId, work?: ArchiveWork): Promise<{ readonly sizeBytes: number; readonly sha256: string }>;
  /** Into `file`, which appears whole (fsynced, mode 0600) or not at all. */
  get(copy: CopyId, file: string, work?: ArchiveWork): Promise<StoredCopy>;
  /** Several at a time, since one deletion can be as dear as ten. Names that are not there are no error. */
  delete(names: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Null where it cannot be known. */
  usage(signal?: AbortSignal): Promise<VaultUsage | null>;
}
