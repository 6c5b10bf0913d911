import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Volumes extends AsyncDisposable {
  /** A new empty folder that belongs to root, as hosts make them. */
  create(name: string, mode?: number): Promise<string>;
}

/** A bot's two volumes. */
export interface Home {
  readonly data: string;
  readonly index: string;
}

export async function openVolumes(): Promise<Volumes> {
  const folder = await mkdtemp(join(tmpdir(), 'nescordbot-volumes-'));
  return {
    async create(name, mode = 0o755) {
      const path = join(folder, name);
      await mkdir(path);
      await chmod(path, mode);
      return path;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** The user ids that a folder and everything in it belong to. */
export async function ownersIn(folder: string): Promise<ReadonlySet<number>> {
  const found = await Promise.all((await pathsIn(folder)).map((path) => stat(path)));
  return new Set(found.map(({ uid }) => uid));
}

/** As a bot leaves it that was run as root. */
export async function giveToRoot(folder: string): Promise<void> {
  await Promise.all((await pathsIn(folder)).map((path) => chown(path, 0, 0)));
}

async function pathsIn(folder: string): Promise<string[]> {
  return ['', ...(await readdir(folder, { recursive: true }))].map((name) => join(folder, name));
}
