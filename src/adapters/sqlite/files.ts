import type { DatabaseFiles, JobThreads } from '../../backup/ports.ts';
import type { ContentsReport } from '../../health/integrity/contents-model.ts';
import type { ContentsRequest } from './check-contents.ts';

export interface OwnDatabaseFiles extends DatabaseFiles {
  /** @throws AppError `busy` when anybody has the database open */
  assertUnused(file: string): Promise<void>;
  /** Compares what is in it, value by value, with its hashes, beside a bot that goes on. */
  checkContents(
    request: Pick<ContentsRequest, 'file' | 'after' | 'only' | 'mostMs'>,
    signal: AbortSignal,
  ): Promise<ContentsReport>;
  /** Fills the index of words anew, beside a bot that goes on. @returns how many passages are in it */
  rebuildWords(file: string): Promise<number>;
  /** Once, for a database of an earlier version: takes its free pages out where they are many. Says whether it did. */
  compact(file: string): Promise<boolean>;
}

/** How long a step of it waits for the bot that is writing. */
const WRITE_WAIT_MS = 10_000;

/**
 * The worker's file names the jobs `compareDatabases`, `checkContents`, `checkLive`, `countTables`, `reserveNumbers`, `assertUnused`,
 * `takeDocuments`, `rebuildWords` and `compactDatabase`.
 */
export function createDatabaseFiles(threads: JobThreads): OwnDatabaseFiles {
  const within = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
  return {
    compare: (copy, live, signal) => threads.run('compareDatabases', { copy, live }, within(signal)),
    problems: (file, signal) => threads.run('checkLive', { file }, within(signal)),
    count: (file, signal) => threads.run('countTables', { file }, within(signal)),
    reserveNumbers: (copy, live) => threads.run('reserveNumbers', { copy, live }),
    takeDocuments: (ids, copy, live, signal) =>
      threads.run('takeDocuments', { ids, copy, live, timeoutMs: WRITE_WAIT_MS }, within(signal)),
    assertUnused: (file) => threads.run('assertUnused', { file }),
    checkContents: (request, signal) =>
      threads.run('checkContents', { ...request, timeoutMs: WRITE_WAIT_MS }, { signal }),
    compact: (file) => threads.run('compactDatabase', { file }),
    rebuildWords: (file) => threads.run('rebuildWords', { file, timeoutMs: WRITE_WAIT_MS }),
  };
}
