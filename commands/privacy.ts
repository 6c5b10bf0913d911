import { slashCommand, subcommand, type Action, type Command } from '../src/discord/command.ts';
import { exportMine } from './privacy/export.ts';
import { askToForget, forget, keep } from './privacy/forget.ts';
import { standing } from './privacy/show.ts';

export const privacy = {
  data: slashCommand(
    { name: 'privacy', description: { en: 'What I keep about you', ja: 'あなたについて保存している情報' } },
    [
      subcommand({
        name: 'show',
        ja: '確認',
        description: { en: 'What is kept about you, and for how long', ja: '保存している情報と期間を表示します' },
      }),
      subcommand({
        name: 'export',
        ja: '書き出し',
        description: { en: 'All that is kept about you, as a file', ja: 'あなたの情報をファイルで受け取ります' },
      }),
      subcommand({
        name: 'forget-me',
        ja: '削除',
        description: { en: 'Have it removed; asks first', ja: 'あなたの情報を削除します（先に確認します）' },
      }),
    ],
  ),
  access: 'everyone',
  help: [
    {
      usage: '/privacy show · export · forget-me',
      words: { en: 'what I keep about you.', ja: 'あなたの情報の確認・書き出し・削除。' },
    },
  ],
  reply: 'private',
  run(request, services) {
    switch (request.subcommand ?? 'show') {
      case 'export':
        return exportMine(request, services);
      case 'forget-me':
        return askToForget(request, services);
      default:
        return standing(request, services);
    }
  },
  buttons: {
    export: { reply: 'private', run: exportMine },
    forget: { reply: 'update', run: forget },
    keep: { reply: 'update', run: keep },
  } satisfies Record<string, Action>,
} satisfies Command;
