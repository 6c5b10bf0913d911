import { isAppError, wordsIn, type AppError, type ErrorCode } from '../../errors.ts';
import { beginning } from '../../plain-text.ts';
import type { Failure } from './model.ts';

const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;
/** Of a backup, and not of the vault: the others are sent all the same. */
const OF_ONE_COPY = new Set<ErrorCode>(['damaged', 'conflict', 'invalid', 'not_found']);

export const concernsOneCopy = (error: unknown): boolean => isAppError(error) && OF_ONE_COPY.has(error.code);

/** Whether it is to be tried again; what is dated ahead was noted under another clock, whose times say nothing. */
export const isDue = (failure: Failure | null | undefined, now: number): boolean =>
  failure === null || failure === undefined || failure.nextAt <= now || failure.at > now;

/**
 * After one more failure: tried again in 1 min, doubled up to 1 h, up to a fifth more so that many do not meet; later when
 * the vault said so.
 */
export function failed(
  earlier: Failure | null | undefined,
  error: unknown,
  now: number,
  random: () => number,
): Failure {
  const attempts = (earlier?.attempts ?? 0) + 1;
  const known = isAppError(error) ? error : null;
  const backOffMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20)) * (1 + random() / 5);
  return {
    since: earlier?.since ?? now,
    at: now,
    attempts,
    nextAt: now + Math.ceil(Math.max(backOffMs, known?.retryAfterMs ?? 0)),
    code: known?.code ?? 'internal',
    words: known === null ? DEFECT : bothWords(known),
  };
}

function bothWords({ words }: AppError): Failure['words'] {
  return { en: beginning(wordsIn('en', words), 5000), ja: beginning(wordsIn('ja', words), 5000) };
}

const DEFECT = {
  en: 'A defect of NescordBot, which the log describes. It is tried again later.',
  ja: 'NescordBot の不具合です（詳細はログにあります）。後でもう一度試みます。',
};
