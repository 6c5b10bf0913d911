import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { hostOf, type Machine } from '../health/machine.ts';
import { isWithin } from '../health/mounts.ts';
import { placeOf, placeWords } from '../health/place.ts';
import type { Alert, Alerts, FolderStatus } from '../health/ports.ts';

/** Says where each folder is, and warns operators of what would be lost. */
export function lookAtFolders(config: Config, machine: Machine, alerts: Alerts): FolderStatus[] {
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
  alerts.settle('volume:', wrong);
  return folders;
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
