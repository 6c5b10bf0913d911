import { stat } from 'node:fs/promises';
import type { CapturedPart, JobThreads, SnapshotSource, SqliteReport } from '../../backup/ports.ts';

export interface SqliteSnapshotParts {
  readonly file: string;
  readonly threads: JobThreads;
}

/** The worker's file names the job `captureSqlite`. */
export function createSqliteSnapshot({ file, threads }: SqliteSnapshotParts): SnapshotSource {
  return {
    name: 'sqlite',
    async estimateBytes() {
      const sizes = await Promise.all([file, `${file}-wal`].map(sizeOf));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    capture(folder, signal, onPinned) {
      const work = { answer: () => onPinned?.(), ...(signal === undefined ? {} : { signal }) };
      return threads.run<CapturedPart>('captureSqlite', { file, folder }, work);
    },
  };
}

/** Looks at a database file that nobody has open, in a thread; the worker's file names the job `checkCopy`. */
export function createSqliteCopyCheck({ threads }: { readonly threads: JobThreads }) {
  return (file: string, signal?: AbortSignal): Promise<SqliteReport> =>
    threads.run<SqliteReport>('checkCopy', { file }, signal === undefined ? {} : { signal });
}

const sizeOf = (file: string) =>
  stat(file).then(
    ({ size }) => size,
    () => 0, // no write-ahead log
  );
