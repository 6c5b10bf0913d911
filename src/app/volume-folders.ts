import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config.ts';
import type { Words } from '../errors.ts';
import { hostOf, type Machine } from '../health/machine.ts';
import { isWithin } from '../health/mounts.ts';
import { placeOf, placeWords } from '../health/place.ts';
import type { Alert, Alerts, FolderStatus } from '../health/ports.ts';

/**
 * Says where each folder is, and warns operators of what would be lost. A playground is there to be tried: what is lost
 * with it is said in the log, once it is up, and alarms nobody.
 */
export function lookAtFolders(config: Config, machine: Machine, alerts: Alerts): FolderStatus[] {
  const { folders, wrong } = placesOf(config, machine);
  alerts.settle('volume:', config.discord.token === null ? [] : wrong);
  return folders;
}

/** What is to be said of folders whose content does not stay. */
export const misplaced = (config: Config, machine: Machine): readonly Words[] =>
  placesOf(config, machine).wrong.map(({ words }) => words);

function placesOf(config: Config, machine: Machine): { folders: FolderStatus[]; wrong: Alert[] } {
  const { platform, railwayVolume } = config.storage;
  const host = hostOf(platform, machine);
  const folders = [...new Set(ownFolders(config).map(realPath))].map((path) => ({
    path,
    place: placeOf(path, { host, machine, railwayVolume }),
  }));
  const wrong = folders.flatMap(({ path, place }): Alert[] => {
    const words = placeWords(path, place, host);
    const isSaid = folders.some((other) => other.path !== path && other.place === place && isWithin(other.path, path));
    return words === null || isSaid ? [] : [{ key: `volume:${path}`, severity: 'critical', words }];
  });
  return { folders, wrong };
}

/** Where the database, a local index and the backups are; several may be one. */
export function ownFolders({ database, chroma, backup }: Pick<Config, 'database' | 'chroma' | 'backup'>): string[] {
  return [dirname(database.file), ...(chroma.remote === null ? [chroma.directory] : []), backup.directory];
}

/** One that is not there yet will be made below its parent. */
function realPath(folder: string): string {
  const path = resolve(folder);
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
