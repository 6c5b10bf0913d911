import { AppError, type Words } from '../../errors.ts';
import { words } from './words.ts';

const SAFETY: Words = {
  en: 'Gemini’s safety filter refused to answer this. Try to ask in other words.',
  ja: 'Gemini の安全フィルターにより回答が拒否されました。別の言い方で質問してみてください。',
};
const FORBIDDEN: Words = {
  en: 'Gemini does not answer this: Google forbids such content, or a word in it.',
  ja: 'Google が禁じている内容または語句が含まれるため、Gemini は回答しません。',
};

/**
 * Verdicts on the content: of `promptFeedback.blockReason` and `candidates.finishReason` alike
 * (ai.google.dev/api/generate-content). Another model, or another try, would be a way around them.
 */
const VERDICTS: Readonly<Record<string, Words>> = {
  SAFETY,
  IMAGE_SAFETY: SAFETY,
  JAILBREAK: SAFETY,
  MODEL_ARMOR: SAFETY,
  BLOCKLIST: FORBIDDEN,
  PROHIBITED_CONTENT: FORBIDDEN,
  IMAGE_PROHIBITED_CONTENT: FORBIDDEN,
  RECITATION: {
    en: 'Gemini stopped, as its answer would have repeated a published text too closely. Ask for a summary instead.',
    ja: '回答が公開済みの文章とほぼ同じになるため、Gemini が中止しました。要約として尋ねてみてください。',
  },
  SPII: {
    en: 'Gemini stopped, as its answer would have contained sensitive personal data.',
    ja: '回答に機微な個人情報が含まれるため、Gemini が中止しました。',
  },
  LANGUAGE: {
    en: 'Gemini does not support the language of this. Try to ask in another.',
    ja: 'Gemini がこの言語に対応していません。別の言語で質問してみてください。',
  },
};

const REFUSED: Words = {
  en: 'Gemini refused to answer this and gave no reason. Try to ask in other words.',
  ja: 'Gemini に回答を拒否されました（理由は示されていません）。別の言い方で質問してみてください。',
};
/** The model failed: a malformed or unexpected call of a tool (it is given none), or what Google gives no name. */
const FAULT: Words = {
  en: 'Gemini gave no answer, and no reason that can be acted on. Try again.',
  ja: 'Gemini から回答が得られませんでした（理由は示されていません）。もう一度お試しください。',
};

export const blocked = (reason: string): AppError =>
  verdict(reason) ?? new AppError('blocked', REFUSED, { cause: cause(reason) });

/**
 * What a model that ended for this reason makes of its answer; null where that is whole. Without a reason, a text broke
 * off, and where there is none either the model simply gave no answer.
 */
export function endOf(reason: string | null, text: string): AppError | null {
  if (reason === 'STOP' && text.trim() !== '') return null;
  if (reason === 'STOP') return unavailable(words.empty, reason);
  if (reason === null) return unavailable(text === '' ? FAULT : words.cut, 'none');
  return verdict(reason) ?? stopped(reason, text);
}

function verdict(reason: string): AppError | null {
  const found = Object.hasOwn(VERDICTS, reason) ? VERDICTS[reason] : undefined;
  return found === undefined ? null : new AppError('blocked', found, { cause: cause(reason) });
}

const stopped = (reason: string, text: string) => unavailable(text === '' ? FAULT : words.cut, reason);
const unavailable = (said: Words, reason: string) => new AppError('unavailable', said, { cause: cause(reason) });
const cause = (reason: string) => new Error(`Gemini's reason: ${reason.slice(0, 60)}`);
