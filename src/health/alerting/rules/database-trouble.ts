import { isAppError, wordsIn } from '../../../errors.ts';
import type { Alert } from '../../ports.ts';

export const DATABASE = 'sqlite:errors';

/**
 * Undefined where nothing is known that would change what was said before.
 * @param error of writing and reading back a test record; null when that went well
 */
export function databaseTrouble(error: unknown): Alert | null | undefined {
  if (error === null) return null;
  // Somebody else is writing, or a backup is being restored: the next look tells more.
  if (isAppError(error, 'busy') || isAppError(error, 'aborted')) return undefined;
  const words = isAppError(error) ? error.words : 'The log has the error.';
  return {
    key: DATABASE,
    severity: 'critical',
    words: {
      en: `The database does not take what is written: ${wordsIn('en', words)} Questions and documents may be refused until then.`,
      ja: `データベースに書き込めません：${wordsIn('ja', words)} 解決するまで質問や文書の追加に失敗することがあります。`,
    },
  };
}
