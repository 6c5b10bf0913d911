import type { Database } from 'better-sqlite3';
import { AppError, type Words } from '../../errors.ts';

/** To SQLite a file of no bytes is a sound database without tables; of one that a bot has opened, everything is lost. */
export function isEmptied(db: Database): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

/** @throws AppError `damaged`, so that nobody takes nothing at all for what was to be kept */
export function assertNotEmptied(db: Database, file: string): void {
  if (!isEmptied(db)) return;
  throw new AppError('damaged', emptied(file));
}

export const emptied = (file: string): Words => ({
  en: `The database ${file} is empty: all that was in it is gone. Restore a backup.`,
  ja: `データベース ${file} が空になっており、内容はすべて失われています。バックアップを復元してください。`,
});
