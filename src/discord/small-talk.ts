import { wordsIn, type Locale } from '../errors.ts';
import type { Library } from '../knowledge/api.ts';
import { button, actionId, row } from './components.ts';
import type { View } from './request.ts';
import { count } from './writing.ts';

type Courtesy = 'hello' | 'thanks' | 'abilities';

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
    ],
    thanks: [
      'ありがとう',
      'ありがとうございます',
      'ありがとうございました',
      'どうもありがとう',
      'どうもありがとうございます',
      'どうもありがとうございました',
      '助かりました',
      'サンキュー',
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
    (['hello', 'thanks', 'abilities'] as const).flatMap((courtesy) =>
      UTTERANCES[language][courtesy].map((text) => [text, { courtesy, language }] as const),
    ),
  ),
);
const LONGEST = 80;
const WEIGHT: readonly Courtesy[] = ['hello', 'thanks', 'abilities'];

/** What somebody says rather than asks; null as soon as any part of it is something else. */
export function courtesyIn(text: string): { readonly courtesy: Courtesy; readonly language: Locale } | null {
  if (text.length > LONGEST) return null;
  const parts = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{Extended_Pictographic}\u{fe0f}\u{200d}]/gu, '')
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

/** A short answer to what is no question for the documents; null for everything else. */
export function smallTalk(library: Pick<Library, 'status'>, guildId: string, text: string): View | null {
  const said = courtesyIn(text);
  if (said === null) return null;
  const { language } = said;
  const words = WORDS[said.courtesy](library.status(guildId).ready);
  const label = wordsIn(language, { en: 'What I can do', ja: 'できることを見る' });
  return { content: wordsIn(language, words), components: [row(button(actionId('help', 'show'), label))] };
}

type Both = Readonly<Record<Locale, string>>;

const untaught: Both = {
  en: 'I have not been taught anything here yet: moderators do that with `/knowledge add`.',
  ja: 'ここではまだ何も教わっていません。モデレーターが `/knowledge add` で教えることができます。',
};

const WORDS: Readonly<Record<Courtesy, (documents: number) => Both>> = {
  hello: (documents) => ({
    en: `👋 Hello! ${documents === 0 ? untaught.en : `Ask me something: I answer from the ${documentsInWords(documents)} that I was taught here, and show where each answer comes from.`}`,
    ja: `👋 こんにちは！${documents === 0 ? untaught.ja : `ここで教わった ${count(documents)} 件の文書をもとに、出典つきでお答えします。何でもお尋ねください。`}`,
  }),
  thanks: () => ({
    en: 'You are welcome! With 👍 or 👎 under an answer you can say how good it was.',
    ja: 'どういたしまして！回答の下の 👍 👎 で、役に立ったかどうかを教えていただけます。',
  }),
  abilities: (documents) => ({
    en: `I answer questions from this server's own documents, and show which document each statement comes from. What they do not say, I do not know. ${documents === 0 ? untaught.en : `At the moment I know ${documentsInWords(documents)}. Ask with \`/ask\`, mention me with your question, or reply to one of my answers.`}`,
    ja: `このサーバーの文書をもとに質問にお答えし、それぞれの出典をお示しします。文書に書かれていないことは分かりません。${documents === 0 ? untaught.ja : `現在 ${count(documents)} 件の文書を覚えています。\`/ask\` で質問するか、質問を添えてメンションするか、私の回答に返信してください。`}`,
  }),
};

function documentsInWords(documents: number): string {
  return `${count(documents)} ${documents === 1 ? 'document' : 'documents'}`;
}
