import type { DatabaseFiles, JobThreads } from '../../backup/ports.ts';

export interface OwnDatabaseFiles extends DatabaseFiles {
  /** @throws AppError `busy` when anybody has the database open */
  assertUnused(file: string): Promise<void>;
  /** Fills the index of words anew, beside a bot that goes on. @returns how many passages are in it */
  rebuildWords(file: string): Promise<number>;
}

/** How long a step of it waits for the bot that is writing. */
const WRITE_WAIT_MS = 10_000;

/**
 * The worker's file names the jobs `compareDatabases`, `checkLive`, `countTables`, `reserveNumbers`, `assertUnused` and
 * `rebuildWords`.
 */
export function createDatabaseFiles(threads: JobThreads): OwnDatabaseFiles {
  const within = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
  return {
    compare: (copy, live, signal) => threads.run('compareDatabases', { copy, live }, within(signal)),
    problems: (file, signal) => threads.run('checkLive', { file }, within(signal)),
    count: (file, signal) => threads.run('countTables', { file }, within(signal)),
    reserveNumbers: (copy, live) => threads.run('reserveNumbers', { copy, live }),
    assertUnused: (file) => threads.run('assertUnused', { file }),
    rebuildWords: (file) => threads.run('rebuildWords', { file, timeoutMs: WRITE_WAIT_MS }),
  };
}
