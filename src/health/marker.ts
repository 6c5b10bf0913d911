import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { parseLineage, parsePosition, timelineOf } from '../backup/state-model.ts';
import type { Marker } from './ports.ts';
import { writeWholeFile } from '../whole-file.ts';
import { isMoment } from '../moment.ts';

const MOST_BYTES = 65_536;
/** More than any bot comes to; whoever claims more is not believed, as nothing could be counted beyond it. */
export const MOST_STARTS = 1_000_000_000;

/** Null where none is written, and for what nobody could have written. */
export function parseMarker(value: unknown): Marker | null {
  const { installationId, starts, lastStartAt, ...state } = (value ?? {}) as Partial<Record<keyof Marker, unknown>>;
  const sound =
    typeof installationId === 'string' &&
    /^[\w-]{8,64}$/.test(installationId) &&
    Number.isSafeInteger(starts) &&
    Number(starts) >= 0 &&
    Number(starts) <= MOST_STARTS &&
    Number.isSafeInteger(lastStartAt) &&
    isMoment(lastStartAt);
  if (!sound) return null;
  return {
    installationId,
    starts: Number(starts),
    lastStartAt,
    application: typeof state.application === 'string' ? state.application.slice(0, 100) : null,
    lineage: parseLineage(state.lineage),
    position: parsePosition(state.position),
  };
}

/** Null, too, for a file that cannot be read: it proves nothing then. */
export async function readMarkerFile(file: string): Promise<Marker | null> {
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for ever.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await handle.stat();
    return found.isFile() && found.size <= MOST_BYTES ? parseMarker(JSON.parse(await handle.readFile('utf8'))) : null;
  } catch {
    return null;
  }
}

/** One that a power cut takes away is written again at the next start, and so is what a crash left of one: the name is the same. */
export async function writeMarkerFile(file: string, marker: Marker): Promise<void> {
  await writeWholeFile(file, `${JSON.stringify(marker)}\n`, `${file}.partial`);
}

/** Tells installations apart, and may be seen by anybody: nothing is found out from it. */
export const fingerprintOf = ({ installationId }: Marker): string =>
  createHash('sha256').update(installationId).digest('hex').slice(0, 16);

/** Whether what is remembered of an installation is ahead of its database, which then has lost something or was put back. */
export function isAheadOf(remembered: Marker, database: Marker): boolean {
  if (remembered.installationId !== database.installationId) return false;
  if (remembered.starts > database.starts) return true;
  const [there, here] = [timelineOf(remembered), timelineOf(database)];
  if (there === null || here === null) return false;
  if (there.number > here.number) return true;
  // Both went on from what was known where they began, and the bot was on the one that is remembered.
  if (there.number === here.number && there.id !== here.id) return true;
  const [far, near] = [remembered.position, database.position];
  if (there.id !== here.id || far === null || near === null) return false;
  return far.knowledge > near.knowledge || far.talk > near.talk;
}

/**
 * The Discord application that a database was last run as, where another is to run it now; else null. From the playground
 * to Discord and back is an everyday way.
 */
export function earlierApplication({ application }: Pick<Marker, 'application'>, now: string | null): string | null {
  const isDiscord = (one: string | null): one is string => one !== null && one !== 'playground';
  return isDiscord(application) && isDiscord(now) && application !== now ? application : null;
}

/** As the log names an installation. */
export function describeMarker({ installationId, starts, lastStartAt }: Marker): string {
  return `installation ${installationId.slice(0, 8)}, start ${starts} on ${new Date(lastStartAt).toISOString()}`;
}
