import { readFileSync } from 'node:fs';
import { access, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError } from '../../errors.ts';
import { localEndpoint, type ChromaConnection } from './connection.ts';
import { lockName, openDirectoryLock } from './directory-lock.ts';
import { isServing, parseRecord, recordName } from './orphan.ts';

/**
 * The server of a bot that is running on a directory, for another process of the same machine, such as the shell's.
 * Null when no bot runs there (what an earlier one may have left is not used).
 */
export async function findRunningServer(place: string): Promise<ChromaConnection | null> {
  const directory = await realpath(place).catch(() => null);
  if (directory === null || !(await isLocked(directory))) return null;
  const file = join(directory, recordName);
  const record = parseRecord(await readFile(file, 'utf8').catch(() => ''));
  if (record === null || !(await isServing(record, directory))) return null;
  return {
    endpoint() {
      // Read anew, as a server that was restarted has another port.
      const { port } = parseRecord(readIfThere(file)) ?? { port: Number.NaN };
      if (!Number.isSafeInteger(port)) throw new AppError('unavailable', `No Chroma server runs on ${directory} now.`);
      return localEndpoint(port);
    },
    passing: (work) => work(),
  };
}

async function isLocked(directory: string): Promise<boolean> {
  try {
    await access(join(directory, lockName));
    openDirectoryLock(directory)[Symbol.dispose]();
    return false;
  } catch (error) {
    return isAppError(error, 'conflict');
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the bot has stopped
  }
}
