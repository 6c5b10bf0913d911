import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { MAIN } from './programs.ts';
import { quiet } from './quiet.ts';
import { tempFolder } from './temp-store.ts';

const OWN_MOUNTS = process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--map-root-user', '--mount'];

export type StartedMain = ReturnType<typeof startMain>;

/** The real program in a process of its own. */
export function startMain(
  t: Pick<TestContext, 'after'>,
  env: Readonly<Record<string, string>>,
  command: readonly string[] = [],
  withinMs = 170_000,
) {
  const [program, ...args] = [...command, process.execPath, MAIN];
  const cwd = tempFolder(t);
  chmodSync(cwd, 0o755); // the command may change who runs it
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env['PATH'], PORT: '0', ...quiet, ...env },
  });
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  const waiting: { pattern: RegExp; resolve: () => void }[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      text += data.toString();
      for (const { pattern, resolve } of waiting) if (pattern.test(text)) resolve();
    });
  }
  const ended = once(child, 'close', { signal: AbortSignal.timeout(withinMs) }).then(([code]) => Number(code));
  ended.catch(() => undefined);
  return {
    child,
    /** The exit code. */
    ended,
    /** The messages of the log, without time and level. */
    lines: () => text.split('\n').map((line) => line.replace(/^\S+Z (info|warn|error) +/, '')),
    said(pattern: RegExp): Promise<void> {
      if (pattern.test(text)) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ pattern, resolve });
      return Promise.race([
        promise,
        ended.then((code) => {
          throw new Error(`It ended with ${code} before it said ${pattern}:\n${text}`);
        }),
      ]);
    },
  };
}

/** A command that mounts things where nobody else sees them, or null where that is not allowed. */
export function withMounts(script: string): string[] | null {
  const [unshare = '', ...options] = OWN_MOUNTS;
  if (spawnSync(unshare, [...options, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status !== 0) return null;
  return [unshare, ...options, 'sh', '-ec', `${script}; exec "$@"`, 'sh'];
}
