import { basename, dirname, join } from 'node:path';
import type { Content } from '../backup/ports.ts';
import { LIVE_DATABASE } from '../backup/restore-parts.ts';
import type { Config } from '../config.ts';

/** What lies on the volume and belongs to the bot, by name: folders may be shared with other things, or with each other. */
export function contentsOf({ database, chroma }: Pick<Config, 'database' | 'chroma'>): Content[] {
  const file = basename(database.file);
  const sqlite: Content = {
    name: 'sqlite',
    root: dirname(database.file),
    owns: (name) => name.startsWith(file) && ['', '-wal', '-shm', '-journal'].includes(name.slice(file.length)),
    place: (path) => (path.startsWith(LIVE_DATABASE) ? file + path.slice(LIVE_DATABASE.length) : basename(path)),
  };
  if (chroma.remote !== null) return [sqlite];
  const index: Content = {
    name: 'chroma',
    root: chroma.directory,
    // Chroma's own database, and one folder per vector segment.
    owns: (name) => /^chroma\.sqlite3(-\w+)?$/.test(name) || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(name),
    place: (path) => basename(path),
  };
  return [sqlite, index];
}

/** A file that no restore exchanges; by the name of the database, as several may share a folder. */
export const besideDatabase = (
  { database }: { readonly database: Pick<Config['database'], 'file'> },
  name: string,
): string => join(dirname(database.file), `.${basename(database.file)}.${name}`);

/** Says how far a restore has come, on the volume that it is about. */
export const journalFileOf = (config: Pick<Config, 'database'>): string =>
  besideDatabase(config, 'restore-journal.json');
