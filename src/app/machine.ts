import { existsSync, readFileSync } from 'node:fs';
import type { Machine } from '../health/machine.ts';
import { parseMounts } from '../health/mounts.ts';

/** Looks at the place where the program runs. */
export function readMachine(): Machine {
  const mounts = textOf('/proc/self/mountinfo');
  return {
    mounts: mounts === '' ? null : parseMounts(mounts),
    hasContainerFile: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    cgroup: textOf('/proc/1/cgroup'),
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // another system than Linux
  }
}
