import { wordsIn } from '../../../errors.ts';
import type { Alert, PartStatus } from '../../ports.ts';

export const GEMINI = 'gemini:';
export const GEMINI_QUOTA = 'gemini:quota';
export const GEMINI_REFUSED = 'gemini:refused';
/** Goes on with the model that is asked for and the one that answers. */
export const GEMINI_MODEL = 'gemini:model:';
export const GEMINI_STORING = 'gemini:storing';

/** A minute's quota comes back before anybody could read of it. */
const WORTH_TELLING_MS = 600_000;

/** What the parts that ask Gemini met last. A quota counts as back once it is due: nobody asks to find out. */
export function geminiTrouble(
  parts: readonly PartStatus[],
  now: number,
  known: readonly string[] = [],
): readonly Alert[] {
  const failing = parts.filter(({ name, failure }) => (name === 'embedder' || name === 'generator') && failure);
  const refused = failing.find(({ failure }) => failure?.code === 'config');
  const spent = failing.find(({ failure }) => {
    const waitMs = failure?.code === 'limit' ? (failure.retryAt ?? 0) - now : 0;
    return waitMs >= (known.includes(GEMINI_QUOTA) ? 1 : WORTH_TELLING_MS);
  });
  return [
    ...(refused === undefined ? [] : [alertOf(GEMINI_REFUSED, 'critical', refused)]),
    ...(spent === undefined ? [] : [alertOf(GEMINI_QUOTA, 'warning', spent)]),
    ...parts
      .flatMap(({ notes = [] }) => notes)
      .map(({ key, words }): Alert => ({ key: `${GEMINI}${key}`, severity: 'warning', words })),
  ];
}

function alertOf(key: string, severity: Alert['severity'], { words, detail }: PartStatus): Alert {
  const why = words ?? detail;
  return {
    key,
    severity,
    words: {
      en: `${wordsIn('en', why)} Until then, questions are answered with the passages themselves.`,
      ja: `${wordsIn('ja', why)} それまでは、該当箇所をそのまま表示して回答します。`,
    },
  };
}
