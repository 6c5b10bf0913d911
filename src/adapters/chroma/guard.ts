import type { ChildProcess } from 'node:child_process';
import { Writable } from 'node:stream';

/** Of the child: a pipe to us, which the guard reads. It ends when we do, however that is. */
const GUARD_FD = 3;

/**
 * Outlives what is sent to all of us at once. Chroma, sent SIGTERM, takes a core for ever and heeds nothing but SIGKILL; sent
 * SIGINT while it starts, it may not hear that either. The child's id is its own until it has been collected, so that after a
 * second it is looked for anew.
 */
const guard = `
trap '' HUP INT TERM
read -r released && exit
kill -INT "$1"
for second in 1 2 3 4 5; do sleep 1; kill -0 "$1" || exit; done
kill -KILL "$1"`;

/** The shell becomes the program, so that the child's id is that of the program. */
const start = `
sh -c "$0" chroma-guard "$$" <&3 3<&- >/dev/null 2>&1 &
exec "$@" 3<&-`;

/** The command of a child that does not outlive us by more than a few seconds. Its stdio needs a fourth pipe. */
export const endingWithUs = (command: readonly string[]): readonly [string, ...string[]] => [
  'sh',
  '-c',
  start,
  guard,
  ...command,
];

/** Lets the guard go when the child has ended. */
export function releaseAtExit(child: ChildProcess): void {
  const line = child.stdio[GUARD_FD];
  if (!(line instanceof Writable)) return; // it could not be started
  line.on('error', () => undefined); // the guard was killed
  child.once('exit', () => line.end('released\n'));
}
