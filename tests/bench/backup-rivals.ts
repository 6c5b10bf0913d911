import { execFile, spawnSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Rival {
  readonly name: string;
  /** Null where it is not installed. */
  readonly version: string | null;
  /** Saves the folder as if for the first time; what was saved before is gone. */
  save(folder: string): Promise<number>;
  restore?(into: string): Promise<number>;
}

const run = promisify(execFile);

function versionOf(program: string, flag: string): string | null {
  const { status, stdout } = spawnSync(program, [flag], { encoding: 'utf8' });
  return status === 0 ? (/\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? '') : null;
}

/** What else one could use on the same files, each as fast as it comes; the repositories are new and without encryption where that can be had. */
export function rivalsIn(folder: string): readonly [tar: Rival, restic: Rival, borg: Rival] {
  const archive = join(folder, 'rival.tar.zst');
  const shell = (script: string, values: readonly string[], env: Readonly<Record<string, string>>) =>
    run('sh', ['-c', script, 'sh', ...values], { env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env } });

  async function timed(script: string, values: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const startedAt = performance.now();
    await shell(script, values, env);
    return performance.now() - startedAt;
  }

  const restic = join(folder, 'restic');
  const resticEnv = {
    RESTIC_REPOSITORY: restic,
    RESTIC_PASSWORD: 'bench',
    RESTIC_CACHE_DIR: join(folder, 'restic-cache'),
  };
  const borg = join(folder, 'borg');
  const borgEnv = { BORG_REPO: borg, BORG_BASE_DIR: join(folder, 'borg-base') };
  return [
    {
      name: 'tar | zstd -1',
      version: versionOf('zstd', '--version'),
      async save(from) {
        const ms = await timed('tar -C "$1" -cf - . | zstd -q -1 -f -o "$2"', [from, archive]);
        statSync(archive);
        return ms;
      },
    },
    {
      name: 'restic backup',
      version: versionOf('restic', 'version'),
      async save(from) {
        rmSync(restic, { recursive: true, force: true });
        await shell('restic init -q --repository-version 2', [], resticEnv);
        return timed('cd "$1" && restic backup -q .', [from], resticEnv);
      },
      restore: (into) => timed('restic restore -q latest --target "$1"', [into], resticEnv),
    },
    {
      name: 'borg create',
      version: versionOf('borg', '--version'),
      async save(from) {
        rmSync(borg, { recursive: true, force: true });
        await shell('borg init -e none', [], borgEnv);
        return timed('cd "$1" && borg create ::bench .', [from], borgEnv);
      },
    },
  ];
}
