import type { Log } from '../log.ts';
import type { Catalogue } from './catalogue.ts';

/** Removes what interrupted jobs left, and says so; of what cannot be removed, once. The caller holds the folder's lock. */
export type Clean = () => Promise<void>;

export function createCleaning(catalogue: Pick<Catalogue, 'folder' | 'clean'>, log: Log): Clean {
  const told = new Set<string>();
  const { folder } = catalogue;
  return async () => {
    const { removed, held } = await catalogue.clean();
    if (removed.length > 0) log.info(`Removed what an interrupted job left in ${folder}`, { files: removed });
    const folders = held.filter((name) => !told.has(name));
    if (folders.length === 0) return;
    for (const name of folders) told.add(name);
    log.warn(`What an interrupted job left in ${folder} cannot be deleted, and takes room: delete it by hand`, {
      folders,
    });
  };
}
