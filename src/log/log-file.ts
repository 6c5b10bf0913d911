import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LogFileConfig } from '../config/log-file.ts';
import { AppError } from '../errors.ts';
import { APPENDING, createLineFile, type LineFile } from './line-file.ts';

/**
 * The file that the log is written to besides the console. Its folder is made where there is none.
 * @throws AppError `config` when it cannot be written to, with the way out
 */
export async function openLogFile(config: LogFileConfig, onTrouble: (error: unknown) => void): Promise<LineFile> {
  const { file } = config;
  try {
    await assertNoDatabase(file);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await using handle = await open(file, APPENDING, 0o600);
    if (!(await handle.stat()).isFile()) throw new AppError('config', `LOG_FILE is not a file: ${file}.`);
    await handle.chmod(0o600); // one that was there already may have been readable by others
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new AppError(
      'config',
      `The log file ${file} cannot be written to (${code}). Set LOG_FILE to a file in a folder that the bot may write ` +
        'to, or leave it out: the log is on the console anyway.',
      { cause },
    );
  }
  return createLineFile({ ...config, onTrouble });
}

/** Which file is the database cannot always be told from a configuration with mistakes; lines in it would be its end. */
async function assertNoDatabase(file: string): Promise<void> {
  const start = await readStart(file);
  if (start.startsWith('SQLite format 3')) throw new AppError('config', `LOG_FILE is a database: ${file}.`);
}

async function readStart(file: string): Promise<string> {
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } catch {
    return ''; // not there yet, or not to be read: writing to it says what is wrong
  }
}
