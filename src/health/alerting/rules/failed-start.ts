import { isAppError, wordsIn } from '../../../errors.ts';
import type { Alert } from '../../ports.ts';

export const FAILED_START = 'start:failed';

/** Null when it was asked to stop. The next start that succeeds ends it. */
export function failedStart(error: unknown): Alert | null {
  if (isAppError(error, 'aborted')) return null;
  const words = isAppError(error) ? error.words : 'The log has the error.';
  return {
    key: FAILED_START,
    severity: 'critical',
    words: {
      en: `The bot could not start: ${wordsIn('en', words)}`,
      ja: `ボットを起動できませんでした：${wordsIn('ja', words)}`,
    },
  };
}
