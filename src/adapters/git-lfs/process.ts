import { spawn } from 'node:child_process';
import { AppError } from '../../errors.ts';
import { abortedTransfer, stalled } from '../../backup/vault/failure-model.ts';

export interface GitRun {
  readonly stdin?: string;
  /** More is an error: nothing that we ask for is larger. */
  readonly mostBytes?: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Takes what it prints, instead of it being returned. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** Is asked now and then; what has made no progress for `idleMs` is ended. */
  readonly progress?: { readonly idleMs: number; readonly doneBytes: () => Promise<number> };
}

export interface GitResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  /** The last of what it said. */
  readonly stderr: string;
}

const MOST_OUTPUT_BYTES = 32_000_000;
const LAST_WORDS = 8_000;
const LOOK_MS = 200;
const GRACE_MS = 2_000;

/** Runs git with its children in a process group of their own, so that none of them outlives an end that is put to it. */
export async function runGit(label: string, args: readonly string[], run: GitRun): Promise<GitResult> {
  if (run.signal?.aborted === true) throw abortedTransfer(run.signal.reason);
  const { mostBytes = MOST_OUTPUT_BYTES, timeoutMs, signal, progress } = run;
  const child = spawn('git', args, { cwd: run.cwd, env: { ...run.environment }, detached: true });
  const chunks: Buffer[] = [];
  let bytes = 0;
  let stderr = '';
  let failure: Error | null = null;
  let kill: NodeJS.Timeout | undefined;
  const send = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // the group has ended
    }
  };
  const end = (error: Error) => {
    if (failure !== null) return;
    failure = error;
    send('SIGTERM');
    kill = setTimeout(() => send('SIGKILL'), GRACE_MS);
  };
  child.stdout.on('data', (chunk: Buffer) => {
    if (run.onOutput !== undefined) return run.onOutput(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) return end(tooMuch(label));
    chunks.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-LAST_WORDS);
  });
  child.stdin.on('error', () => undefined); // it ended before it had read everything; its code says why
  child.stdin.end(run.stdin ?? '');
  const abort = () => end(abortedTransfer(signal?.reason));
  signal?.addEventListener('abort', abort, { once: true });
  const late = setTimeout(() => end(stalled(label, timeoutMs)), timeoutMs);
  const watch =
    progress === undefined ? undefined : watchProgress(progress, () => end(stalled(label, progress.idleMs)));
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (failure !== null) throw failure as Error;
    return { code, stdout: Buffer.concat(chunks), stderr };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? notInstalled(error) : error;
  } finally {
    clearTimeout(late);
    clearTimeout(kill);
    clearInterval(watch);
    signal?.removeEventListener('abort', abort);
    if (failure !== null) send('SIGKILL'); // whoever of the group did not end with its head
  }
}

function watchProgress({ idleMs, doneBytes }: NonNullable<GitRun['progress']>, giveUp: () => void): NodeJS.Timeout {
  let last = -1;
  let since = performance.now();
  const look = async () => {
    const done = await doneBytes();
    if (done !== last) [last, since] = [done, performance.now()];
    else if (performance.now() - since > idleMs) giveUp();
  };
  return setInterval(() => void look(), LOOK_MS);
}

function tooMuch(label: string): AppError {
  return new AppError('damaged', {
    en: `${label} holds far more files than a repository for backups has, so it was not read. Use a repository of its own for the backups.`,
    ja: `${label} のファイルが多すぎるため読み取りませんでした。バックアップ専用のリポジトリをお使いください。`,
  });
}

function notInstalled(cause: unknown): AppError {
  return new AppError(
    'config',
    {
      en: 'GITHUB_SYNC_ENABLED needs git, which is not installed here. Install git and git-lfs (Debian: apt-get install git git-lfs), or switch it off.',
      ja: 'GITHUB_SYNC_ENABLED には git が必要ですが、インストールされていません。git と git-lfs をインストールするか（Debian: apt-get install git git-lfs）、無効にしてください。',
    },
    { cause },
  );
}
