import type { Database } from 'better-sqlite3';

/**
 * Runs a write that does not wait for the disk: for work that is done again after a crash, until a later commit says
 * that it is done. That one waits, and what came before it is then on the disk too. Killing the process loses nothing;
 * only a power cut can take back the last such transactions. Without a write-ahead log every commit waits.
 */
export function createRepeatable(db: Database): <Result>(write: () => Result) => Result {
  const hasLog = db.pragma('journal_mode', { simple: true }) === 'wal';
  return (write) => {
    if (!hasLog || db.inTransaction) return write();
    db.pragma('synchronous = NORMAL');
    try {
      return write();
    } finally {
      db.pragma('synchronous = FULL');
    }
  };
}
