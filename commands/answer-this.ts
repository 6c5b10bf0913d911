import { AppError } from '../src/errors.ts';
import { answerQuestion, messageMenu, smallTalk, type Command } from '../src/discord/command.ts';

export const answerThis = {
  data: messageMenu({ name: 'Answer this', ja: 'この質問に答える' }),
  access: 'everyone',
  help: [
    {
      usage: 'Answer this',
      words: {
        en: "in a message's menu under *Apps*: I answer that message for everyone.",
        ja: 'メッセージのメニュー「アプリ」から：そのメッセージの質問に、みんなに見えるように答えます。',
      },
    },
  ],
  cost: 'question',
  reply: 'public',
  run(request, { answers, library }) {
    const question = request.target?.content.trim() ?? '';
    if (question === '') {
      throw new AppError('invalid', {
        en: 'That message has no text to answer.',
        ja: 'このメッセージには、答えるための文章がありません。',
      });
    }
    const courtesy = smallTalk(library, request.guildId, question);
    if (courtesy !== null) return courtesy;
    return answerQuestion(answers, { ...request, question, conversation: [], echo: true }, request.show);
  },
} satisfies Command;
