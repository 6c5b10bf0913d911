import type { BackupSchedule, Schedule } from '../backup/api.ts';
import { isAppError } from '../errors.ts';

/** Null while it is not known: the bot is starting, or a backup is being restored. */
export function currentSchedule(schedule: Pick<BackupSchedule, 'current'> | null): Schedule | null {
  try {
    return schedule?.current() ?? null;
  } catch (error) {
    if (isAppError(error, 'busy')) return null;
    throw error;
  }
}
