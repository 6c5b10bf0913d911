import { AppError } from '../src/errors.ts';
import { messageMenu, type Command } from '../src/discord/command.ts';
import { isReadable, learnFile, learnText } from './knowledge/learn.ts';

export const addToKnowledge = {
  data: messageMenu({ name: 'Add to knowledge', ja: 'ナレッジに追加' }),
  access: 'moderator',
  help: [
    {
      usage: 'Add to knowledge',
      words: {
        en: "in a message's menu under *Apps*: I learn the .md or .txt file in that message, or else its text.",
        ja: 'メッセージのメニュー「アプリ」から：添付の .md・.txt ファイル、なければメッセージの文章を覚えます。',
      },
    },
  ],
  reply: 'private',
  run(request, services) {
    const { target } = request;
    const text = target?.content.trim() ?? '';
    const url = target?.url ?? null;
    const files = target?.files ?? [];
    // Words beside a file that can be read are about the file.
    const file = files.find(({ name }) => isReadable(name)) ?? (text === '' ? files[0] : undefined);
    if (file !== undefined) return learnFile(request, services, { file, title: null, url });
    if (text === '') {
      throw new AppError('invalid', {
        en: 'That message has neither text nor a .md or .txt file, so there is nothing to learn.',
        ja: 'このメッセージには文章も .md・.txt ファイルもないため、覚える内容がありません。',
      });
    }
    return learnText(request, services, { title: null, text, url });
  },
} satisfies Command;
