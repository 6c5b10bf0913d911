import { open } from 'node:fs/promises';
import { readMigrations } from '../../adapters/sqlite/migrate.ts';
import { assertOwnLog } from '../../adapters/sqlite/stale-log.ts';
import type { Config } from '../../config.ts';
import { isAppError } from '../../errors.ts';
import { fail, failed, ok, warn, type Finding } from '../../health/doctor/finding.ts';
import { earlierApplication, readMarkerFile } from '../../health/marker.ts';
import { applicationOf } from '../application.ts';
import { databaseMarkerFile } from '../marker-files.ts';

const HEADER_BYTES = 100;
/** https://sqlite.org/fileformat.html#the_database_header */
const MAGIC = 'SQLite format 3\0';
const USER_VERSION_AT = 60;

/** Reads the header alone: opening the file, even to read, would write beside it. */
export async function checkDatabase(config: Config, isRunning: boolean): Promise<Finding> {
  const { cliCommand } = config;
  const { file } = config.database;
  const name = 'database';
  const restore = `Put the file right, or restore a backup: ${cliCommand} backup list, then ${cliCommand} backup restore NAME.`;
  try {
    await using handle = await open(file, 'r');
    const header = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await handle.read(header, 0, HEADER_BYTES, 0);
    const { size } = await handle.stat();
    if (size === 0) return ok(name, `${file} is empty; the next start fills it`);
    if (bytesRead < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
      return fail(name, `${file} is no SQLite database`, restore);
    }
    const version = header.readUInt32BE(USER_VERSION_AT);
    const known = readMigrations().length;
    if (version > known) {
      return fail(
        name,
        `${file} has schema ${version}, and this program knows schemas up to ${known}`,
        'Start the newer NescordBot that wrote it, or restore a backup made with this one.',
      );
    }
    // Beside a running bot the log is the one that it has open, and changes.
    if (!isRunning) assertOwnLog(file);
    const what = `${file}, schema ${version} of ${known}, ${(size / 1e6).toFixed(1)} MB`;
    const marker = await readMarkerFile(databaseMarkerFile(config));
    const earlier = marker === null ? null : earlierApplication(marker, applicationOf(config));
    if (earlier === null) return ok(name, what);
    const crossed = `last run as the Discord application ${earlier}, and DISCORD_TOKEN is that of ${applicationOf(config)}`;
    return warn(
      name,
      `${what}, ${crossed}`,
      'Unless that is meant, set the DISCORD_TOKEN or the DATA_DIR that goes with it.',
    );
  } catch (error) {
    if (isAppError(error)) return failed(name, error);
    const { code } = error as NodeJS.ErrnoException;
    if ((code === 'ENOENT' || code === 'ENOTDIR') && isRunning) {
      const remedy = `Put it back where it was moved from; the bot notices. If it is lost, stop the bot, restore a backup (${cliCommand} backup restore NAME), and start it again.`;
      return fail(name, `${file} is gone, although a bot is running on it`, remedy);
    }
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return ok(name, `${file} is not there yet; the first start creates it`);
    return fail(name, `${file} cannot be read (${code})`, 'Give it to the user that runs the bot: chown.');
  }
}
