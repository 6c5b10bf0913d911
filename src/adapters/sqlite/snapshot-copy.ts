import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile, open, rm } from 'node:fs/promises';
import type { Database } from 'better-sqlite3';

const attempts = 3;
const walHeaderBytes = 32;

/**
 * Pins the state of a database in WAL mode by a read transaction, which the caller ends, and copies the log, so that with
 * `copyDatabase` the files can be copied at the speed of the disk while others write. False: there is no such copy of the log.
 *
 * Why the copy is whole, whoever writes or checkpoints meanwhile:
 * 1. The read transaction pins a state M: what the log holds up to its frame M, over the database file.
 * 2. While it is held, no checkpoint moves anything newer than M into the database file, and the log is not begun anew: both
 *    ask the readers' marks first. The one exception is a log that was wholly in the file at 1: then this reader does without
 *    the log, the next writer may begin it anew, and the file does not change at all while the reader is there.
 * 3. The log is copied now. When its header, whose salt changes with each beginning, is the same before and after, it was
 *    only appended to meanwhile: the copy has every frame up to M, perhaps more, perhaps a torn one at its end. Frames carry
 *    a running checksum, so SQLite takes those up to the last whole commit: a state M' ≥ M. With another header the copy
 *    might be the beginning of an old log over a newer file: it is thrown away, and a new state is pinned.
 * 4. The database file is copied afterwards. Pages that a checkpoint moves into it under way, half of one even, are of
 *    frames up to M, and those are in the copied log, which lies over the file.
 * So the copied file under the copied log is M', and nothing that is written later is in either.
 */
export async function pinWithLog(source: Database, target: string, signal: AbortSignal): Promise<boolean> {
  const log = `${source.name}-wal`;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    const before = await headerOf(log);
    if (before !== null) await copyFile(log, logOf(target), constants.COPYFILE_FICLONE);
    if ((await headerOf(log)) === before) return true;
    await rm(logOf(target), { force: true });
    if (attempt === attempts) return false;
    source.exec('COMMIT');
  }
}

/**
 * Copies the database file of a pinned state. Another process does it, because POSIX takes all of a process's locks on a file
 * away when it closes the file once: read here, the bot's own connection would be without its lock, and another program could
 * delete the log under it. (The log itself nobody locks.) False: it did not succeed, and there is nothing at `target`.
 */
export async function copyDatabase(file: string, target: string, signal: AbortSignal): Promise<boolean> {
  const copier = spawn('cp', ['--', file, target], { env: { PATH: '/usr/bin:/bin' }, stdio: 'ignore', signal });
  const succeeded = await new Promise<boolean>((resolve) => {
    copier.once('error', () => undefined); // there is no such program, or it was stopped: then it is closed, too
    copier.once('close', (code) => resolve(code === 0));
  });
  signal.throwIfAborted();
  if (!succeeded) await Promise.all([target, logOf(target)].map((left) => rm(left, { force: true })));
  return succeeded;
}

const logOf = (file: string): string => `${file}-wal`;

/** Null where there is no log, or an empty one. */
async function headerOf(log: string): Promise<string | null> {
  try {
    await using handle = await open(log, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(walHeaderBytes), 0, walHeaderBytes, 0);
    return bytesRead < walHeaderBytes ? null : buffer.toString('hex');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
