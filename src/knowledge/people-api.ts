import type { Locale } from '../errors.ts';
import type { PersonCounts } from './people-ports.ts';

/** For how long backups hold what was removed. */
export interface KeptInBackups {
  /** At most, of those that the schedule makes; null: it is stopped, and they stay until somebody removes them. */
  readonly days: number | null;
  /** Backups after changes are made, which go when more changes followed, whenever that is. */
  readonly afterChanges: boolean;
  /** Git LFS removes nothing: copies stay there until the repository is deleted. */
  readonly onGithub: boolean;
}

/** What is kept about somebody, and for how long. */
export interface PersonStanding extends PersonCounts {
  readonly backups: KeptInBackups;
  /** When they asked to be forgotten, last; null when they never did. */
  readonly forgottenAt: number | null;
  /** After so many days questions go by themselves; null: they are kept. */
  readonly historyDays: number | null;
}

export interface Forgotten extends PersonCounts {
  /** A backup is being restored: it is done as soon as that is over, and the counts are not known. */
  readonly isDelayed: boolean;
}

export interface ExportedFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** What people may ask about what is kept of themselves. All throw AppError `busy` while a backup is being restored. */
export interface People {
  about(userId: string): PersonStanding;
  /** JSON with all that is kept about somebody; packed with gzip when it is large. @throws AppError `limit`: too large even so */
  exportOf(userId: string, locale: Locale): Promise<ExportedFile>;
  /**
   * Removes questions, answers and votes, and the name from documents; remembered durably first, so that it is finished
   * after a crash and done again after a restore of an older backup.
   */
  forget(userId: string): Promise<Forgotten>;
}
