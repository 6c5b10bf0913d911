import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDiskFull, type ArchiveWork } from '../../backup/ports.ts';
import { authorization, gitEnvironment } from './environment.ts';
import { failureOf } from './failure.ts';
import { runGit, type GitResult, type GitRun } from './process.ts';

export interface ScratchOptions {
  readonly url: string;
  readonly token: string | null;
  readonly label: string;
  /** For what is in the works; nothing stays there. */
  readonly folder: string;
  readonly idleMs: number;
  /** For one command that moves no archive. */
  readonly commandMs: number;
  readonly mayDeleteByAge: () => boolean;
}

export interface Scratch extends AsyncDisposable {
  readonly folder: string;
  /** Where git-lfs has its objects. */
  readonly storage: string;
  /** @throws AppError */
  git(args: readonly string[], run?: Partial<GitRun>): Promise<Buffer>;
  /** The same, for those whose failure says something. */
  tryGit(args: readonly string[], run?: Partial<GitRun>): Promise<GitResult>;
  /** Moves one archive; git-lfs says how far it is. */
  transfer(args: readonly string[], totalBytes: number, work: ArchiveWork, run?: Partial<GitRun>): Promise<void>;
  failure(said: string): Error;
}

const PREFIX = '.nescordbot-git-';
const DAY_MS = 24 * 3_600_000;
const LONGEST_TRANSFER_MS = 12 * 3_600_000;

/**
 * A bare repository for one piece of work, gone when it is done: it cannot grow, stay locked or be damaged by a crash. It
 * has no working tree, so that no filter or hook ever runs on what is in the vault.
 */
export async function openScratch(options: ScratchOptions, signal?: AbortSignal, beside?: string): Promise<Scratch> {
  const { url, token, label, idleMs, commandMs } = options;
  const parent = beside ?? options.folder;
  if (beside === undefined) await mkdir(parent, { recursive: true });
  if (options.mayDeleteByAge()) await removeStale(parent);
  const secrets = token === null ? [] : [token, authorization(token)];
  const failure = (said: string) => failureOf(label, said, secrets);
  const folder = await mkdtemp(join(parent, PREFIX)).catch((error: unknown): never => {
    throw onDisk(error, failure);
  });
  const progressFile = join(folder, 'progress');
  const storage = join(folder, 'storage');
  const environment = gitEnvironment({ url, token, home: folder, idleMs });

  const tryGit: Scratch['tryGit'] = (args, run = {}) =>
    runGit(label, args, {
      cwd: folder,
      timeoutMs: commandMs,
      signal,
      ...run,
      environment: { ...environment, ...run.environment },
    });
  const git: Scratch['git'] = async (args, run) => {
    const { code, stdout, stderr } = await tryGit(args, run);
    if (code !== 0) throw failure(stderr);
    return stdout;
  };
  const dispose = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    for (const name of ['objects', 'refs']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
    // git-lfs reads it from here only: its own helper for file:// would take it from the environment for the other side.
    await writeFile(
      join(folder, 'config'),
      `[core]\n\trepositoryformatversion = 1\n\tbare = true\n[remote "origin"]\n\turl = ${url}\n[lfs]\n\tstorage = "${storage}"\n`,
    );
  } catch (error) {
    await dispose();
    throw onDisk(error, failure);
  }
  return {
    folder,
    storage,
    git,
    tryGit,
    failure,
    async transfer(args, totalBytes, { onProgress }, run = {}) {
      let printed = 0;
      const doneBytes = async () => {
        const done = await readProgress(progressFile);
        if (done !== null) onProgress?.({ doneBytes: Math.min(done, totalBytes), totalBytes });
        return (done ?? 0) + printed;
      };
      await git(args, {
        ...run,
        environment: { GIT_LFS_PROGRESS: progressFile },
        timeoutMs: LONGEST_TRANSFER_MS,
        progress: { idleMs: idleMs * 2, doneBytes },
        onOutput: (chunk) => {
          printed += chunk.length;
          run.onOutput?.(chunk);
        },
      });
      onProgress?.({ doneBytes: totalBytes, totalBytes });
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** In git's words where there is no room. */
const onDisk = (error: unknown, failure: (said: string) => Error): unknown =>
  isDiskFull(error) ? failure('No space left on device') : error;

/** `download 1/1 2048/4096 name`, a line at a time; null before the first. */
async function readProgress(file: string): Promise<number | null> {
  const text = await readFile(file, 'latin1').catch(() => '');
  const done = /(?:^|\n)\w+ \d+\/\d+ (\d+)\/\d+ [^\n]*\n$/.exec(text)?.[1];
  return done === undefined ? null : Number(done);
}

/** What a crash left. */
async function removeStale(parent: string): Promise<void> {
  for (const name of (await readdir(parent)).filter((name) => name.startsWith(PREFIX))) {
    const found = await stat(join(parent, name)).catch(() => null); // whoever works there removes it
    if (found !== null && Date.now() - found.mtimeMs > DAY_MS) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
}
