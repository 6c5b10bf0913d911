import type { Log } from '../log.ts';
import type { Catalogue } from './catalogue.ts';

/** Removes what interrupted jobs left, and says so; of what cannot be removed, once. The caller holds the folder's lock. */
export type Clean = () => Promise<void>;

export function createCleaning(catalogue: Pick<Catalogue, 'folder' | 'clean'>, log: Log): Clean {
  const told = new Set<string>();
  return async () => {
    const { removed, held } = await catalogue.clean();
    if (removed.length > 0) log.info(`Removed what an interrupted job left in ${catalogue.folder}`, { files: removed });
    const untold = held.filter((name) => !told.has(name));
    for (const name of untold) told.add(name);
    if (untold.length === 0) return;
    log.warn(
      `What an interrupted job left in ${catalogue.folder} cannot be deleted, and takes room: delete it by hand`,
      {
        folders: untold,
      },
    );
  };
}
