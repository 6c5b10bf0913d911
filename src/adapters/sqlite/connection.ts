import Database from 'better-sqlite3';
import { AppError } from '../../errors.ts';
import { translateError } from './errors.ts';

/**
 * Opens a database and begins to use it. Closing it is the work of whoever gets the result; where there is none, it is closed
 * at once: a handle that is left to be collected deletes the log by name, under whatever has taken the file's place by then.
 * @throws AppError
 */
export function openConnection<T>(file: string, options: Database.Options, begin: (db: Database.Database) => T): T {
  let db: Database.Database | null = null;
  try {
    db = connect(file, options);
    return begin(db);
  } catch (error) {
    db?.close();
    throw translateError(error);
  }
}

function connect(file: string, options: Database.Options): Database.Database {
  try {
    const db = new Database(file, options);
    // What is removed is overwritten with zeros, free pages included, whoever removes it.
    db.pragma('secure_delete = ON');
    return db;
  } catch (error) {
    // better-sqlite3 has a TypeError of its own for a folder that does not exist.
    if (!(error instanceof TypeError)) throw error;
    throw new AppError('config', `The database ${file} cannot be opened: its folder does not exist. Create it first.`, {
      cause: error,
    });
  }
}
