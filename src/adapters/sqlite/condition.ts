import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { AppError, isAppError, type Words } from '../../errors.ts';
import { writeRefusal } from '../../write-refusal.ts';
import type { StoreCondition } from '../../health/ports.ts';
import { noteOpenFile, type OpenFile } from '../../open-file.ts';
import type { LogGeneration } from './log-generation.ts';
import { emptied } from './emptied.ts';
import { createProbe } from './probe.ts';
import { isAbout, lostFile, lostFolder, refusalWords, replacedFile, type Lost } from './condition-words.ts';

export interface WatchedCondition extends StoreCondition {
  /** After a write, before anybody is told of it. @throws AppError `unavailable`: it may have gone into nothing */
  readonly assertKept: () => void;
  /** Takes note of why something failed, and knows better than SQLite where what it has open was taken away. */
  readonly explain: (error: unknown) => unknown;
}

const LOG_FILES = ['-wal', '-shm'];

export interface ConditionParts {
  readonly db: Database;
  readonly file: string;
  readonly log: Pick<LogGeneration, 'follow' | 'reopen'>;
  /** Told of what was put right. */
  readonly onMended: (words: Words) => void;
}

/**
 * Whether what is written lands where the paths point: SQLite goes on writing to files that were deleted or replaced under it,
 * and says that all went well. Looked at with each write, by number of the files, and every few seconds.
 */
export function createCondition({ db, file, log, onMended }: ConditionParts): WatchedCondition {
  const folder = dirname(file);
  const database = noteOpenFile(file);
  const probe = createProbe(db);
  let logs = openLogs();
  let trouble: AppError | null = null;

  function openLogs() {
    const files = LOG_FILES.map((suffix) => `${file}${suffix}`).filter((one) => existsSync(one));
    return files.map((path): { readonly path: string; readonly open: OpenFile } => ({
      path,
      open: noteOpenFile(path),
    }));
  }

  /** What is not where it was; null where all is. */
  function lost(): Lost | null {
    const state = database.state();
    if (state === 'gone') return existsSync(folder) ? lostFile(file) : lostFolder(folder);
    if (state === 'replaced') return replacedFile(file);
    for (const { path, open } of logs) {
      const found = open.state();
      if (found !== 'in place') return { ...isAbout(path, found), canMend: found === 'gone' };
    }
    return null;
  }

  /**
   * A log that was deleted is still open, with all that is in it: leaving it moves that into the database file, and entering
   * it again makes a new one. Not while anybody else reads, and not over a log that somebody else has put there.
   */
  function mend(): boolean {
    const timeout = Number(db.pragma('busy_timeout', { simple: true }));
    try {
      db.pragma('busy_timeout = 0');
      db.pragma('journal_mode = DELETE');
      db.pragma('journal_mode = WAL');
      log.reopen();
      logs = openLogs();
      return true;
    } catch {
      return false; // the next look tries again
    } finally {
      db.pragma(`busy_timeout = ${timeout}`);
    }
  }

  /** @throws what the file system says */
  function look(): AppError | null {
    const found = lost();
    if (found === null) return null;
    // SQLite removes the log of a file that somebody has emptied.
    if (found.canMend && statSync(file).size === 0) return new AppError('damaged', emptied(file));
    if (found.canMend && mend()) {
      onMended(found.mended);
      return null;
    }
    return new AppError('unavailable', found.words);
  }

  function lookSafely(): AppError | null {
    try {
      return look();
    } catch (cause) {
      return new AppError('unavailable', unreadable(folder, cause), { cause });
    }
  }

  const isDamaged = () => isAppError(trouble, 'damaged');
  /** SQLite often says only that it failed, and the folder why. */
  const explained = (error: AppError): AppError =>
    lookSafely() ?? inWords(folder, writeRefusal(folder), error) ?? error;

  return {
    trouble: () => trouble,
    assertKept() {
      const found = lookSafely();
      if (found !== null) throw (trouble = found);
      if (!isDamaged()) trouble = null;
      log.follow();
    },
    explain(error) {
      if (!isAppError(error) || error.cause === undefined) return error;
      const isOfTheDisk = ['unavailable', 'config', 'limit'].includes(error.code);
      if (error.code === 'damaged') trouble = error;
      else if (isOfTheDisk) trouble = explained(error);
      else return error;
      return trouble;
    },
    async look() {
      const found = lookSafely() ?? accessTrouble(folder);
      if (found !== null) trouble = found;
      else if (trouble !== null && !isDamaged()) {
        trouble = await probe.probe().then(
          () => null,
          (error: unknown) => (isAppError(error, 'busy') ? trouble : explained(asAppError(error))),
        );
      }
      return trouble;
    },
    judged(damage) {
      if (damage !== null) trouble = damage;
      else if (isDamaged()) trouble = null;
    },
  };
}

/** What can be told without writing. */
function accessTrouble(folder: string): AppError | null {
  try {
    accessSync(folder, constants.W_OK);
    return null;
  } catch (error) {
    return inWords(folder, error as NodeJS.ErrnoException, error);
  }
}

function inWords(folder: string, refusal: NodeJS.ErrnoException | null, cause: unknown): AppError | null {
  const found = refusalWords(folder, refusal?.code ?? '');
  return found === null ? null : new AppError(found.code, found.words, { cause });
}

const asAppError = (error: unknown): AppError =>
  isAppError(error) ? error : new AppError('unavailable', String(error), { cause: error });

const unreadable = (folder: string, cause: unknown): Words => ({
  en: `${folder} cannot be looked at (${String(cause)}), so nothing is taken for saved. Check the disk or volume.`,
  ja: `${folder} を確認できないため（${String(cause)}）、保存を受け付けていません。ディスクまたはボリュームを確認してください。`,
});
