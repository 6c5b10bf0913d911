import { hostname } from 'node:os';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { AppError, isAppError, wordsIn } from '../errors.ts';
import type { FileLock } from '../file-lock.ts';
import type { Log } from '../log.ts';
import { openVolumeLock } from './volume-lock.ts';

export interface LockWatch extends Disposable {
  /** Called every few seconds. */
  look(): void;
}

export interface LockWatchParts {
  readonly databaseFile: string;
  readonly lock: FileLock;
  /** Whether what this bot has open is still what lies there. */
  readonly isOurs: () => boolean;
  /** Called where another bot was here first: one of two has to end. */
  readonly onSecond: (error: AppError) => void;
  readonly log: Log;
}

/**
 * Whoever deletes a lock file lets a second bot start beside the first. The first notices that its lock is no longer what the
 * path names, and takes it again where it is free. Where it is not, it leaves a note, which the second finds: it has the lock
 * that came later, and ends.
 */
export function createLockWatch(parts: LockWatchParts): LockWatch {
  const { databaseFile, isOurs, onSecond, log } = parts;
  const note = `${databaseFile}.lock-claim`;
  let { lock } = parts;
  let isDisputed = false;
  let isSecond = false;
  rmSync(note, { force: true }); // of a dispute that is over: this bot has the lock

  function takeAgain(): FileLock | null {
    try {
      return openVolumeLock(databaseFile);
    } catch (error) {
      if (isAppError(error, 'conflict')) return null;
      throw error;
    }
  }

  function reclaim(): void {
    const again = takeAgain();
    if (again === null) {
      writeFileSync(note, `${hostname()} (pid ${process.pid})\n`, { mode: 0o600 });
      if (!isDisputed) log.error(wordsIn('en', disputed(databaseFile)));
      isDisputed = true;
      return;
    }
    lock[Symbol.dispose]();
    lock = again;
    rmSync(note, { force: true });
    isDisputed = false;
    log.warn(
      `The lock file ${databaseFile}.lock had been deleted and was made anew. Leave it alone: it keeps a second bot out.`,
    );
  }

  return {
    look() {
      try {
        if (!lock.isInPlace()) {
          // In a folder that is another one by now, the lock is for whoever works there.
          if (isOurs()) reclaim();
          return;
        }
        const first = isSecond ? null : noteIn(note);
        if (first === null) return;
        isSecond = true;
        onSecond(second(databaseFile, first));
      } catch (error) {
        log.warn(`The lock file ${databaseFile}.lock cannot be looked at; the next look tries again`, { error });
      }
    },
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  };
}

function noteIn(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim().slice(0, 200);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

const disputed = (file: string) => ({
  en: `The lock file ${file}.lock was deleted, and a second NescordBot has started on this database. It is asked to end; this one goes on.`,
  ja: `ロックファイル ${file}.lock が削除され、このデータベースで 2 つ目の NescordBot が起動しました。そちらに終了を求め、このボットは動作を続けます。`,
});

const second = (file: string, first: string): AppError =>
  new AppError('conflict', {
    en: `Another NescordBot, ${first}, was running on ${file} before this one, which could start only because the lock file ${file}.lock had been deleted. This one ends, and the other goes on. Leave the lock file alone, and give each bot a database of its own.`,
    ja: `${file} では別の NescordBot（${first}）がすでに実行中でした。ロックファイル ${file}.lock が削除されたため、このボットも起動できてしまいました。このボットは終了し、先に起動したボットが動作を続けます。ロックファイルには触れず、ボットごとに別のデータベースを使ってください。`,
  });
