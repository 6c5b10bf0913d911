import type { Locale } from '../errors.ts';

const JAPANESE = /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}\u3005\u30fc]/gu;
const LETTERS = /\p{L}/gu;
/** One Japanese character says about as much as five Latin letters: `discord.jsのインテント` is Japanese. */
const JAPANESE_SHARE = 0.15;
const WORDS_TO_TELL = 3;

/** The language that a question is in; `fallback` where it is too short to tell, such as a bare name. */
export function languageOf(text: string, fallback: Locale): Locale {
  const letters = text.match(LETTERS)?.length ?? 0;
  if (letters === 0) return fallback;
  const japanese = text.match(JAPANESE)?.length ?? 0;
  if (japanese / letters >= JAPANESE_SHARE) return 'ja';
  return (text.match(/\p{L}+/gu)?.length ?? 0) >= WORDS_TO_TELL ? 'en' : fallback;
}
