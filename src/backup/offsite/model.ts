import type { ErrorCode, Locale } from '../../errors.ts';
import type { BackupKind } from '../model.ts';
import type { StateIdentity } from '../state-model.ts';

/** What is known of a backup from its copy alone, when the original is gone. */
export interface CopyFacts {
  readonly kind: BackupKind;
  readonly reason: string | null;
  readonly by: string | null;
  readonly documents: number | null;
  /** Of the archive that it is a copy of. */
  readonly archiveSizeBytes: number;
  readonly archiveSha256: string;
  /** Of what is in it, encrypted or not; null when the note does not say. */
  readonly contentsSha256: string | null;
  /** Whose state it is, and which; null of backups of older versions. */
  readonly identity: StateIdentity | null;
  readonly drilled: boolean;
  readonly pinned: boolean;
}

/** A copy that a vault says it has. */
export interface CopyRecord {
  /**
   * `verified`: read back by this machine, same size and same hash. Nothing else counts as off-site. `rotten`: the bytes that
   * are there are not those that were stored.
   */
  readonly state: 'uploaded' | 'verified' | 'rotten';
  /** Milliseconds since the epoch: since when. */
  readonly at: number;
  /** When all of it was last read back and was whole; null: never, as far as is known. */
  readonly readAt: number | null;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string | null;
  readonly facts: CopyFacts | null;
}

/** What did not work, and when it is tried again. */
export interface Failure {
  /** Of the first of these attempts, and of the last. */
  readonly since: number;
  readonly at: number;
  readonly attempts: number;
  readonly nextAt: number;
  readonly code: ErrorCode;
  readonly words: Readonly<Record<Locale, string>>;
}

export interface UsageSample {
  readonly at: number;
  readonly usedBytes: number;
  readonly limitBytes: number | null;
}

/** How far the round is in which every copy is read back, newest first. */
export interface ReadBackState {
  /** When the round began; null before the first. */
  readonly startedAt: number | null;
  /** The backup that it has come to. */
  readonly last: string | null;
  /** What may still be read of the days' budgets, and up to when that has been reckoned. */
  readonly creditBytes: number;
  readonly creditedAt: number | null;
}

/** All that is remembered of a vault. What it holds is asked of it again every time; the rest would be lost with this. */
export interface Ledger {
  /** Of the vault that it speaks of. */
  readonly label: string;
  /** When the vault last said what it holds; null when it never did. */
  readonly listedAt: number | null;
  /** When everything that should be there was. */
  readonly lastSuccessAt: number | null;
  /** Of the vault as a whole: it cannot be reached, it refuses us, it is full. */
  readonly trouble: Failure | null;
  /** Of single backups, by name. */
  readonly failures: Readonly<Record<string, Failure>>;
  readonly copies: Readonly<Record<string, CopyRecord>>;
  /** One a day, oldest first, at most 60. */
  readonly usage: readonly UsageSample[];
  readonly readBack: ReadBackState;
}

export function emptyLedger(label: string): Ledger {
  const readBack = { startedAt: null, last: null, creditBytes: 0, creditedAt: null };
  return { label, listedAt: null, lastSuccessAt: null, trouble: null, failures: {}, copies: {}, usage: [], readBack };
}
