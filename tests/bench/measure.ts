import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';

/** The value that a share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

export interface LoopDelay {
  readonly longestMs: number;
  readonly p99Ms: number;
}

/** Watches this process's event loop until the returned function is called. */
export function watchLoop(): () => LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  return () => {
    histogram.disable();
    return { longestMs: histogram.max / 1e6, p99Ms: histogram.percentile(99) / 1e6 };
  };
}

export interface ProcessMemory {
  readonly pid: number;
  readonly name: string;
  readonly rssMb: number;
  /** What is shared with other processes counted in part; null where the system does not tell. */
  readonly pssMb: number | null;
}

/** A process and all it has started. */
export async function memoryOf(root: number): Promise<ProcessMemory[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=,args=']);
  const all = stdout.split('\n').flatMap((line) => {
    const [, pid, parent, rss, name] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), rssMb: Number(rss) / 1024, name: name ?? '' }];
  });
  const family = new Set([root]);
  for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  return Promise.all(
    all
      .filter(({ pid }) => family.has(pid))
      .map(async ({ pid, name, rssMb }) => ({ pid, name, rssMb, pssMb: await pssOf(pid) })),
  );
}

async function pssOf(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kilobytes = /^Pss:\s+(\d+)/m.exec(text)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}
