import { basename, dirname } from 'node:path';
import type { Config } from '../config.ts';
import { CHECK_PREFIX } from '../write-refusal.ts';
import type { Log } from '../log.ts';
import { isUnfinished, removeAbandoned } from '../whole-file.ts';
import { ownFolders } from './volume-folders.ts';

/**
 * Removes files with a temporary name that a killed run of this bot left in its folders, old enough that nobody is at work on
 * them. What jobs leave in the folder of backups, the next job removes.
 */
export async function removeLeftovers(config: Pick<Config, 'database' | 'chroma' | 'backup'>, log: Log): Promise<void> {
  const { file } = config.database;
  const beside = `.${basename(file)}.`;
  for (const folder of new Set(ownFolders(config))) {
    const removed = await removeAbandoned(
      folder,
      (name) =>
        name.startsWith(CHECK_PREFIX) ||
        (folder === dirname(file) && (name.startsWith(beside) || name.startsWith(`.${beside}`)) && isUnfinished(name)),
    );
    if (removed.length > 0) log.info(`Removed what an earlier run left unfinished in ${folder}: ${removed.join(', ')}`);
  }
}
