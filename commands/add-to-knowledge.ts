import { messageMenu, type Command } from '../src/discord/command.ts';
import { learnFile, learnText } from './knowledge/learn.ts';

export const addToKnowledge = {
  data: messageMenu({ name: 'Add to knowledge', ja: 'ナレッジに追加' }),
  access: 'moderator',
  help: [
    {
      usage: 'Add to knowledge',
      words: {
        en: "in a message's menu under *Apps*: I learn that message, or the .md or .txt file in it.",
        ja: 'メッセージのメニュー「アプリ」から：そのメッセージ、または添付の .md・.txt ファイルを覚えます。',
      },
    },
  ],
  reply: 'private',
  run(request, services) {
    const { target } = request;
    const file = target?.files[0];
    const text = target?.content.trim() ?? '';
    const url = target?.url ?? null;
    if (text === '' && file !== undefined) return learnFile(request, services, { file, title: null, url });
    const [firstLine = ''] = text.replace(/^#+\s*/, '').split('\n');
    return learnText(request, services, { title: firstLine.slice(0, 80).toWellFormed(), text, url });
  },
} satisfies Command;
