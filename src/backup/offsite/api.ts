import type { Words } from '../../errors.ts';
import type { RunOptions } from '../api.ts';
import type { BackupEntry, BackupKind } from '../model.ts';
import type { StateIdentity, Standing, TimelineCause } from '../state-model.ts';
import type { VaultName } from '../vault-ports.ts';
import type { Failure } from './model.ts';

/** Where one copy of a backup is, or why it is not there yet. */
export interface CopyView {
  readonly vault: VaultName;
  /**
   * `verified`: read back, and the only one that counts; `uploaded`: there, not read back; `pending`: yet to be sent;
   * `rotten`: what is there is not what was stored.
   */
  readonly state: 'pending' | 'uploaded' | 'verified' | 'failed' | 'rotten';
  /** Milliseconds since the epoch: since when; null while pending. */
  readonly at: number | null;
  /** When all of it was last read back and was whole; null: never. */
  readonly readAt: number | null;
  readonly sizeBytes: number | null;
  /** The last failure; null when there was none. */
  readonly failure: Failure | null;
}

/** A backup that this machine does not have any more. */
export interface RemoteBackup {
  readonly name: string;
  readonly createdAt: number;
  readonly sizeBytes: number;
  /** How it stands to what is there now. */
  readonly standing: Standing;
  /** Of a `branch`. */
  readonly leftBy?: TimelineCause;
  /** Whose state it has, and which; null where nobody knows. */
  readonly identity: StateIdentity | null;
  readonly kind: BackupKind | null;
  /** Null where the copy is encrypted. */
  readonly reason: string | null;
  readonly by: string | null;
  readonly documents: number | null;
  readonly drilled: boolean;
  readonly pinned: boolean;
  readonly copies: readonly CopyView[];
}

/** Whose state a copy is, and which, left behind or not, another installation's or not. */
export interface StoredState {
  readonly name: string;
  /** Of the vault. */
  readonly label: string;
  readonly identity: StateIdentity;
}

/** When a vault is full if copies go on coming as they do. */
export interface QuotaForecast {
  readonly usedBytes: number;
  /** Null where nobody sets one. */
  readonly limitBytes: number | null;
  /** 0 while it cannot be told, or does not grow. */
  readonly bytesPerDay: number;
  /** Days until 80, 95 and 100 %; 0 when it is over already; null when it will not be in ten years. */
  readonly days: { readonly to80: number | null; readonly to95: number | null; readonly to100: number | null };
}

/** A copy whose bytes are not those that were stored. */
export interface RottenCopy {
  readonly name: string;
  readonly foundAt: number;
  /** When it was last read back and was whole; null: never, as far as is known. */
  readonly wholeAt: number | null;
  /** Where a whole one is that takes its place: this machine, or another vault's label; null where there is none. */
  readonly replacedFrom: 'here' | { readonly label: string } | null;
}

export interface VaultView {
  readonly name: VaultName;
  readonly label: string;
  /** When everything that should be there was. */
  readonly lastSuccessAt: number | null;
  /** When the vault last said what it holds. */
  readonly listedAt: number | null;
  /** Backups that wait to be sent. */
  readonly pending: readonly string[];
  /** Since when there is knowledge that no verified copy there has; null when all is there. */
  readonly behindSince: number | null;
  /** Why nothing gets there; null when nothing is wrong with the vault as a whole. */
  readonly trouble: Failure | null;
  /** Of single backups. */
  readonly failures: Readonly<Record<string, Failure>>;
  /** Null while it was never measured, or cannot be. */
  readonly quota: QuotaForecast | null;
  /** Names of backups of this installation whose copy there was read back, newest first. */
  readonly verified: readonly string[];
  /** Names of other installations' backups that are there, newest first; whether they are whole is for those to see. */
  readonly others: readonly string[];
  /** Newest first. */
  readonly rotten: readonly RottenCopy[];
  /** How the copies that count are read back again; null where they are not (VAULT_VERIFY_MB_PER_DAY=0). */
  readonly readBack: {
    readonly bytesPerDay: number;
    readonly newestAt: number | null;
    readonly oldestAt: number | null;
  } | null;
  /** The one of them that would be restored where nobody chooses; null where there is none. */
  readonly newest: string | null;
  /** What is done with it now. */
  readonly running: SyncProgress | null;
}

export interface SyncProgress {
  readonly vault: VaultName;
  readonly label: string;
  readonly stage: 'waiting' | 'listing' | 'packing' | 'sending' | 'reading' | 'removing';
  /** Null while it is about the whole vault. */
  readonly backup: string | null;
  readonly doneBytes: number;
  /** 0 while unknown. */
  readonly totalBytes: number;
}

export interface SyncResult {
  readonly vault: VaultName;
  readonly label: string;
  /** Backups that got there and were read back. */
  readonly sent: readonly string[];
  readonly removed: readonly string[];
  /** In words; empty when everything that should be there is. */
  readonly problems: readonly Words[];
}

export interface SyncOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SyncProgress) => void;
}

/** Copies of the backups off the machine. With no vault configured, all of it is empty. */
export interface OffSite {
  vaults(): Promise<readonly VaultView[]>;
  /** Where each backup is, by its name, those of this machine and those that only a vault has. */
  copies(): Promise<ReadonlyMap<string, readonly CopyView[]>>;
  /** What only vaults have, newest first, as they last said. */
  elsewhere(): Promise<readonly RemoteBackup[]>;
  /** Those of all copies that are not rotten and tell, as the vaults last said. */
  states(): Promise<readonly StoredState[]>;
  /** Asks the vaults what they hold, and sends nothing. Those that do not answer are left out. */
  look(options?: SyncOptions): Promise<void>;
  /** Everything that is not there yet, now, whatever the waits after failures. One result per vault, none of them thrown. */
  sync(options?: SyncOptions): Promise<readonly SyncResult[]>;
  /**
   * Brings a backup back to this machine from the first vault that has a whole copy. It is there afterwards, not verified yet.
   * @throws AppError `not_found`, `forbidden` or `config` (encrypted with another key, or no key), `limit`, `damaged`,
   *   `unavailable`, `busy`, `aborted`
   */
  fetch(name: string, options?: RunOptions): Promise<BackupEntry>;
}
