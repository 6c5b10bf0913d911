import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import type { Scratch } from './scratch.ts';
import { fetchTip, TIP, type Tip } from './tree.ts';

/** Path → its text, or null to remove it. */
export type Changes = ReadonlyMap<string, string | null>;

export interface CommitRequest {
  readonly branch: string;
  readonly message: string;
  /** What to change in this commit's files; null when there is nothing to do. Asked again when somebody else was first. */
  readonly changes: (tip: Tip) => Changes | null;
  readonly random: () => number;
  readonly signal: AbortSignal | undefined;
}

const ATTEMPTS = 8;
const OURS = 'refs/vault/ours';
const SOMEBODY_WAS_FIRST =
  /\[rejected\]|non-fast-forward|fetch first|stale info|cannot lock ref|failed to update ref|incorrect old value|already exists/i;

/** One commit on top of whatever the branch is by then; made of objects only, so that there is nothing to merge. */
export async function commitTo(scratch: Scratch, { branch, message, changes, random, signal }: CommitRequest) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const tip = await fetchTip(scratch, branch);
    const wanted = changes(tip);
    if (wanted === null) return;
    const stdin = commitStream(tip, wanted, message);
    await scratch.git(['fast-import', '--quiet', '--force', '--date-format=now'], { stdin });
    const pushed = await scratch.tryGit(['push', '--quiet', '--no-verify', 'origin', `${OURS}:refs/heads/${branch}`]);
    if (pushed.code === 0) return;
    if (!SOMEBODY_WAS_FIRST.test(pushed.stderr)) throw scratch.failure(pushed.stderr);
    await wait(random() * 100 * 2 ** attempt, undefined, { signal }).catch(() => undefined);
  }
  throw new AppError('unavailable', {
    en: 'Others push to the branch of the backups all the time, so this commit did not get in; it is tried again later. Let nothing else use GITHUB_BRANCH.',
    ja: 'バックアップ用のブランチに他のプッシュが続いているため、コミットできませんでした。後でもう一度試みます。GITHUB_BRANCH はこのボット専用にしてください。',
  });
}

/** What git's fast-import reads; paths and names are ours, and every text goes by its length. */
function commitStream(tip: Tip, changes: Changes, message: string): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const files = [...changes].map(([path, text]) =>
    text === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(text)}`,
  );
  const parent = tip.exists ? `from ${TIP}^0\n` : '';
  return `commit ${OURS}\ncommitter NescordBot <nescordbot@users.noreply.github.com> now\n${data(message)}${parent}${files.join('')}\n`;
}
