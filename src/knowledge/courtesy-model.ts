import type { Locale } from '../errors.ts';

export type Courtesy = 'hello' | 'bye' | 'thanks' | 'abilities';

/** Whole utterances, in lower case and without marks: what is not here word for word is a question for the documents. */
const UTTERANCES: Readonly<Record<Locale, Readonly<Record<Courtesy, readonly string[]>>>> = {
  en: {
    hello: [
      'hello',
      'hello there',
      'hi',
      'hi there',
      'hey',
      'hey there',
      'good morning',
      'good afternoon',
      'good evening',
    ],
    bye: ['bye', 'bye bye', 'goodbye', 'good bye', 'good night', 'see you', 'see you later', 'see ya'],
    thanks: [
      'thanks',
      'thanks a lot',
      'many thanks',
      'thanks so much',
      'thanks for your help',
      'thanks for the help',
      'thank you',
      'thank you so much',
      'thank you very much',
      'thank you for your help',
      'thx',
      'ty',
      'tysm',
      'cheers',
      'thanks man',
      'thank u',
      'much appreciated',
      'ok',
      'okay',
      'ok thanks',
      'ok thank you',
      'okay thanks',
      'great thanks',
      'that helps',
      'that helped',
      'got it',
      'got it thanks',
    ],
    abilities: [
      'what can you do',
      'what do you do',
      'what can you help me with',
      'what can you help with',
      'how can you help',
      'how can you help me',
      'what can i ask',
      'what can i ask you',
      'who are you',
      'what are you',
      'help',
      'help me',
    ],
  },
  ja: {
    hello: [
      'こんにちは',
      'こんにちわ',
      'こんばんは',
      'こんばんわ',
      'おはよう',
      'おはようございます',
      'はじめまして',
      '初めまして',
      'お疲れ様です',
      'お疲れさまです',
      'よろしく',
      'よろしくお願いします',
    ],
    bye: ['さようなら', 'さよなら', 'またね', 'おやすみ', 'おやすみなさい', 'お疲れ様でした', 'お疲れさまでした'],
    thanks: [
      'ありがとう',
      'ありがと',
      'ありがとうございます',
      'ありがとうございました',
      'どうもありがとう',
      'どうもありがとうございます',
      'どうもありがとうございました',
      '助かりました',
      'サンキュー',
      '了解です',
      '了解しました',
      'わかりました',
      '分かりました',
      'なるほど',
      '助かります',
    ],
    abilities: [
      '何ができますか',
      '何ができるの',
      '何ができるんですか',
      'なにができますか',
      'あなたは何ができますか',
      'できることは何ですか',
      'できることは',
      'できることを教えて',
      'できることを教えてください',
      '何を聞けますか',
      '何を質問できますか',
      'あなたは誰ですか',
      'あなたは何ですか',
      'ヘルプ',
    ],
  },
};

const KNOWN = new Map<string, { readonly courtesy: Courtesy; readonly language: Locale }>(
  (['en', 'ja'] as const).flatMap((language) =>
    (['hello', 'bye', 'thanks', 'abilities'] as const).flatMap((courtesy) =>
      UTTERANCES[language][courtesy].map((text) => [text, { courtesy, language }] as const),
    ),
  ),
);
/** Put behind words without emoji. */
const SMILES = /(?<=\s)(?:[:;]-?[()dp]|\^\^)(?=\s|$)|(?<=[\p{sc=Hiragana}\p{sc=Katakana}ー!])(?:w+|笑|\(笑\)|♪)$/gu;
const LONGEST = 80;
const WEIGHT: readonly Courtesy[] = ['hello', 'bye', 'thanks', 'abilities'];

/** What somebody says rather than asks; null as soon as any part of it is something else. */
export function courtesyIn(text: string): { readonly courtesy: Courtesy; readonly language: Locale } | null {
  if (text.length > LONGEST) return null;
  const parts = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{fe0f}\u{200d}]/gu, '')
    .replace(SMILES, '')
    .split(/[\s]*[,.!?、。！？~〜…\n]+[\s]*/)
    .map((part) => part.trim().replace(/\s+/g, ' '))
    .filter((part) => part !== '');
  const known = parts.map((part) => KNOWN.get(part));
  let best: ReturnType<typeof courtesyIn> = null;
  for (const one of known) {
    if (one === undefined) return null;
    if (best === null || WEIGHT.indexOf(one.courtesy) > WEIGHT.indexOf(best.courtesy)) best = one;
  }
  return best;
}
