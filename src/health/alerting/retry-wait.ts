import { isAppError, type ErrorCode } from '../../errors.ts';

const FIRST_MS = 5_000;
const LONGEST_MS = 15 * 60_000;
/** Nobody asks for more in earnest. */
const LONGEST_ASKED_MS = 6 * 3_600_000;
/** Waiting does not put these right; somebody who reads the log does. */
const LASTING: ReadonlySet<ErrorCode> = new Set(['config', 'forbidden', 'not_found']);
const LASTING_FIRST_MS = 5 * 60_000;
const LASTING_LONGEST_MS = 60 * 60_000;

/** Twice as long after each failure in a row, the half of it by chance; never less than the other side asked for. */
export function retryWaitMs(error: unknown, failures: number, random: () => number): number {
  const lasts = isAppError(error) && LASTING.has(error.code);
  const [first, longest] = lasts ? [LASTING_FIRST_MS, LASTING_LONGEST_MS] : [FIRST_MS, LONGEST_MS];
  const grown = Math.min(longest, first * 2 ** Math.min(20, failures - 1));
  const asked = isAppError(error) ? Math.min(LONGEST_ASKED_MS, error.retryAfterMs ?? 0) : 0;
  return Math.max(asked, Math.round(grown * (0.5 + random() / 2)));
}
