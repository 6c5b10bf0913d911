import { stat } from 'node:fs/promises';
import { openCatalogue } from '../../backup/catalogue.ts';
import { ageOf, newestVerified } from '../../backup/coverage-model.ts';
import type { Config } from '../../config.ts';
import { failed, ok, warn, type Finding } from '../../health/doctor/finding.ts';
import { parseIdentity } from '../../backup/state-model.ts';
import { readMarkerFile } from '../../health/marker.ts';
import { databaseMarkerFile } from '../marker-files.ts';

const HOUR_MS = 3_600_000;
const OLD_HOURS = 48;
const name = 'backups';

/** Whether there is one to go back to, and how old it is. */
export async function checkBackups(config: Config, now: number): Promise<Finding> {
  const { backup, cliCommand } = config;
  const make = `Make one: /backup in Discord, or ${cliCommand} backup create.`;
  try {
    if (!(await isThere(backup.directory))) return warn(name, 'none yet', make);
    // The database itself would be written beside if it were opened, even to read.
    const state = parseIdentity(await readMarkerFile(databaseMarkerFile(config)));
    const looking = { createIfMissing: false, asItIs: true, own: () => state };
    const entries = await (await openCatalogue(backup.directory, looking)).list();
    const newest = newestVerified(entries);
    if (newest === null) {
      return warn(name, entries.length === 0 ? 'none yet' : `none of the ${entries.length} is verified`, make);
    }
    const ageMs = ageOf(newest.createdAt, now);
    const age = ageMs === null ? 'dated ahead of the clock' : `${Math.floor(ageMs / HOUR_MS)} h old`;
    const damaged = entries.filter(({ state }) => state === 'damaged').length;
    const detail = `newest verified: ${newest.name}, ${age}${damaged === 0 ? '' : `; ${damaged} damaged`}`;
    if (damaged > 0) return warn(name, detail, `${cliCommand} backup list names the damaged ones; delete them.`);
    if (ageMs === null) return warn(name, detail, `See that the clock of this machine is right. ${make}`);
    if (ageMs > OLD_HOURS * HOUR_MS)
      return warn(name, detail, `${make} See BACKUP_SCHEDULE and /backups schedule, too.`);
    return ok(name, detail);
  } catch (error) {
    return failed(name, error);
  }
}

const isThere = (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT',
  );
