import { AppError, isAppError } from '../errors.ts';
import type { ErrorCode, Words } from '../errors.ts';

export type Verdict =
  | { readonly kind: 'fail'; readonly words: Words }
  /** `words` say why it waits; null when it was only interrupted. */
  | { readonly kind: 'retry'; readonly delayMs: number; readonly countAttempt: boolean; readonly words: Words | null };

interface Circumstances {
  readonly attempts: number;
  readonly maxAttempts?: number;
  readonly stopping: boolean;
  readonly random: () => number;
}

const firstDelayMs = 2000;
const longestDelayMs = 5 * 60_000;
const quotaDelayMs = 60_000;

/** The request itself cannot succeed, however often it is tried. */
const hopeless: ReadonlySet<ErrorCode> = new Set(['invalid', 'not_found', 'forbidden', 'blocked']);
/** Something outside that comes back: an accepted document is never given up for it. */
const passing: ReadonlySet<ErrorCode> = new Set(['unavailable', 'busy', 'conflict', 'config', 'aborted']);

/** What becomes of a job that threw. */
export function verdictOn(error: unknown, at: Circumstances): Verdict {
  if (at.stopping) return { kind: 'retry', delayMs: 0, countAttempt: false, words: null };
  const { code, words, retryAfterMs } = asAppError(error);
  if (hopeless.has(code)) return { kind: 'fail', words };
  if (code === 'limit') return { kind: 'retry', delayMs: retryAfterMs ?? quotaDelayMs, countAttempt: false, words };
  if (!passing.has(code) && at.attempts + 1 >= (at.maxAttempts ?? 5)) return { kind: 'fail', words };
  return { kind: 'retry', delayMs: Math.max(retryAfterMs ?? 0, backOff(at)), countAttempt: true, words };
}

/** Doubling, between half and the whole of it by chance, so that waiting jobs do not all come back at once. */
function backOff({ attempts, random }: Circumstances): number {
  const most = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempts, 20));
  return Math.round(most * (0.5 + random() / 2));
}

function asAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  return new AppError(
    'internal',
    {
      en: 'Something unexpected went wrong while working on this. The log has the details.',
      ja: '処理中に予期しないエラーが発生しました。詳細はログに記録されています。',
    },
    { cause: error },
  );
}
