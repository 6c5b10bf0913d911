import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

/** Ends children that earlier runs left on this directory. Call with the directory's lock held. Returns their pids. */
export async function endOrphans(file: string, directory: string): Promise<number[]> {
  const recorded = parseRecord(await readFile(file, 'utf8').catch(() => ''));
  await rm(file, { force: true });
  const left = new Map((await unrecorded(directory)).map((one) => [one.pid, one]));
  if (recorded !== null && (await isServing(recorded, directory))) left.set(recorded.pid, recorded);
  for (const one of left.values()) await end(one, directory);
  return [...left.keys()];
}

type Started = Pick<ChildRecord, 'pid' | 'startedAt'>;

/** Whoever is killed between starting a child and asking the kernel to end it with us leaves one that nothing tells of. */
async function unrecorded(directory: string): Promise<Started[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => identityOf(Number(pid))));
  const command = `cli.mjs run --path ${directory} --host 127.0.0.1 --port `;
  return found.filter((one) => one !== null).filter(({ commandLine }) => commandLine.includes(command));
}

async function end(recorded: Started, directory: string): Promise<void> {
  const isOurs = () => isServing(recorded, directory);
  if (!(await isOurs())) return;
  signal(recorded.pid, 'SIGINT');
  const deadline = Date.now() + endTimeoutMs;
  let killed = false;
  while (await isOurs()) {
    if (Date.now() > deadline && !killed) {
      signal(recorded.pid, 'SIGKILL');
      killed = true;
    }
    await wait(20);
  }
}

/** One that has ended since it was looked at needs no signal. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Is the process that was recorded still the same one, and Chroma on this directory? */
export async function isServing({ pid, startedAt }: Started, directory: string): Promise<boolean> {
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
