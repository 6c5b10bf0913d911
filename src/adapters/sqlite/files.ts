import type { DatabaseFiles, JobThreads } from '../../backup/ports.ts';

/** The worker's file names the jobs `compareDatabases`, `checkLive`, `countTables`, `reserveNumbers` and `assertUnused`. */
export function createDatabaseFiles(
  threads: JobThreads,
): DatabaseFiles & { assertUnused(file: string): Promise<void> } {
  const within = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
  return {
    compare: (copy, live, signal) => threads.run('compareDatabases', { copy, live }, within(signal)),
    problems: (file, signal) => threads.run('checkLive', { file }, within(signal)),
    count: (file, signal) => threads.run('countTables', { file }, within(signal)),
    reserveNumbers: (copy, live) => threads.run('reserveNumbers', { copy, live }),
    /** @throws AppError `busy` when anybody has the database open */
    assertUnused: (file) => threads.run('assertUnused', { file }),
  };
}
