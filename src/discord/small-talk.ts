import { counted } from '../counted.ts';
import { wordsIn, type Locale } from '../errors.ts';
import type { Library } from '../knowledge/api.ts';
import { courtesyIn, type Courtesy } from '../knowledge/courtesy-model.ts';
import { button, actionId, row } from './components.ts';
import type { View } from './request.ts';
import { count } from './writing.ts';

/** A short answer to what is no question for the documents; null for everything else. */
export function smallTalk(library: Pick<Library, 'status'>, guildId: string, text: string): View | null {
  const said = courtesyIn(text);
  if (said === null) return null;
  const { language } = said;
  const words = WORDS[said.courtesy](library.status(guildId).documents);
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
    en: `👋 Hello! ${documents === 0 ? untaught.en : `Ask me something: I answer from the ${counted(documents, 'document')} that I was taught here, and show where each answer comes from.`}`,
    ja: `👋 こんにちは！${documents === 0 ? untaught.ja : `ここで教わった ${count(documents)} 件の文書をもとに、出典つきでお答えします。何でもお尋ねください。`}`,
  }),
  bye: () => ({ en: '👋 See you!', ja: '👋 またいつでもどうぞ！' }),
  thanks: () => ({
    en: 'You are welcome! With 👍 or 👎 under an answer you can say how good it was.',
    ja: 'どういたしまして！回答の下の 👍 👎 で、役に立ったかどうかを教えていただけます。',
  }),
  abilities: (documents) => ({
    en: `I answer questions from this server's own documents, and show which document each statement comes from. What they do not say, I do not know. ${documents === 0 ? untaught.en : `At the moment I know ${counted(documents, 'document')}. Ask with \`/ask\`, mention me with your question, or reply to one of my answers.`}`,
    ja: `このサーバーの文書をもとに質問にお答えし、それぞれの出典をお示しします。文書に書かれていないことは分かりません。${documents === 0 ? untaught.ja : `現在 ${count(documents)} 件の文書を覚えています。\`/ask\` で質問するか、質問を添えてメンションするか、私の回答に返信してください。`}`,
  }),
};
