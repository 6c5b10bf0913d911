import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What distinguishes a process from a later one with the same id. */
interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
  readonly commandLine: string;
}

const endTimeoutMs = 5_000;

/** In the directory itself, as that may be a mount point. Backups leave it out. */
export const recordName = 'nescordbot-child.json';

async function identityOf(pid: number): Promise<ProcessIdentity | null> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The name in parentheses may hold spaces; after it come the state (3rd field) and, as the 22nd, the start time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') return null;
      const commandLine = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      return { pid, startedAt: fields[19] ?? '', commandLine };
    }
    const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'lstart=', '-o', 'command=']);
    return { pid, startedAt: stdout.slice(0, 24), commandLine: stdout.slice(25) };
  } catch {
    return null; // no such process, or a system that does not tell
  }
}

export interface ChildRecord {
  readonly pid: number;
  readonly startedAt: string;
  readonly port: number;
}

/** Notes which child serves a directory, so that the next start can end it if we are killed and it is not. */
export async function recordChild(file: string, pid: number, port: number): Promise<void> {
  const identity = await identityOf(pid);
  if (identity !== null) await writeFile(file, JSON.stringify({ pid, startedAt: identity.startedAt, port }));
}

/** Ends the recorded child if it still runs on this directory. Call with the directory's lock held. Returns its pid. */
export async function endOrphan(file: string, directory: string): Promise<number | null> {
  const recorded = parseRecord(await readFile(file, 'utf8').catch(() => ''));
  await rm(file, { force: true });
  if (recorded === null) return null;
  const isOurs = () => isServing(recorded, directory);
  if (!(await isOurs())) return null;
  process.kill(recorded.pid, 'SIGINT');
  const deadline = Date.now() + endTimeoutMs;
  let killed = false;
  while (await isOurs()) {
    if (Date.now() > deadline && !killed) {
      process.kill(recorded.pid, 'SIGKILL');
      killed = true;
    }
    await wait(20);
  }
  return recorded.pid;
}

/** Is the process that was recorded still the same one, and Chroma on this directory? */
export async function isServing({ pid, startedAt }: ChildRecord, directory: string): Promise<boolean> {
  const found = await identityOf(pid);
  return found !== null && found.startedAt === startedAt && found.commandLine.includes(directory);
}

/** Null for a record that a crash cut short: nothing is known then. */
export function parseRecord(text: string): ChildRecord | null {
  try {
    const { pid, startedAt, port } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (!Number.isSafeInteger(pid) || Number(pid) <= 1 || typeof startedAt !== 'string') return null;
    return { pid: Number(pid), startedAt, port: Number(port) };
  } catch {
    return null;
  }
}
