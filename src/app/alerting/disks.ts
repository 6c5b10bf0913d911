import { stat, statfs } from 'node:fs/promises';
import type { Forecast } from '../../backup/api.ts';
import type { Config } from '../../config.ts';
import { FULL_DISK, fullDisk } from '../../health/alerting/rules/full-disk.ts';
import type { Alerts } from '../../health/ports.ts';
import { spaceOf } from '../disk-space.ts';
import { ownFolders } from '../volume-folders.ts';

/** Each disk that something of ours is on, once, named by the first folder on it. */
export async function lookAtDisks(
  config: Pick<Config, 'database' | 'chroma' | 'backup'>,
  alerts: Alerts,
  forecast: Pick<Forecast, 'fullInDays'> | null,
  now: number,
): Promise<void> {
  const said = new Map(alerts.open().map(({ key, level }) => [key, level ?? 0]));
  const folders = ownFolders(config);
  const devices = await Promise.all(folders.map((folder) => deviceOf(folder)));
  const backupDevice = devices[folders.indexOf(config.backup.directory)] ?? null;
  const wrong = await Promise.all(
    folders.map(async (path, at) => {
      const device = devices[at] ?? null;
      if (device === null || devices.indexOf(device) !== at) return null;
      const { freeBytes, totalBytes } = spaceOf(await statfs(path));
      return fullDisk({
        path,
        usedBytes: totalBytes - freeBytes,
        totalBytes,
        fullInDays: device === backupDevice ? (forecast?.fullInDays ?? null) : null,
        saidLevel: said.get(`${FULL_DISK}${path}`) ?? 0,
        now,
      });
    }),
  );
  alerts.settle(
    FULL_DISK,
    wrong.filter((alert) => alert !== null),
  );
}

async function deviceOf(folder: string): Promise<number | null> {
  return stat(folder).then(
    ({ dev }) => dev,
    () => null, // not there yet; the start says so where it should be
  );
}
