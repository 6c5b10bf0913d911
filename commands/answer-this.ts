import { AppError } from '../src/errors.ts';
import { answerQuestion, messageMenu, smallTalk, type Command, type Request } from '../src/discord/command.ts';

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
  check(request) {
    if (questionIn(request) === '') {
      throw new AppError('invalid', {
        en: 'That message has no text to answer.',
        ja: 'このメッセージには、答えるための文章がありません。',
      });
    }
  },
  run(request, { answers, library }) {
    const question = questionIn(request);
    const courtesy = smallTalk(library, request.guildId, question);
    if (courtesy !== null) return courtesy;
    return answerQuestion(answers, { ...request, question, conversation: [], echo: true }, request.show);
  },
} satisfies Command;

function questionIn({ target }: Request): string {
  return target?.content.trim() ?? '';
}
