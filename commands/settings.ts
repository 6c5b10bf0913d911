import { numberOption, slashCommand, subcommand, type Action, type Command } from '../src/discord/command.ts';
import { auditPage } from './settings/audit.ts';
import { homeView, leaveHome, moveHome } from './settings/home.ts';
import { settingsPage } from './settings/show.ts';

export const settings = {
  data: slashCommand(
    {
      name: 'settings',
      description: { en: 'How I am configured, and who did what', ja: '設定と操作記録を確認します' },
    },
    [
      subcommand(
        {
          name: 'show',
          ja: '表示',
          description: {
            en: 'Every setting in force and where it came from; secrets are masked',
            ja: '有効な設定とその出どころ（秘密の値は伏せます）',
          },
        },
        [
          numberOption({
            name: 'page',
            ja: 'ページ',
            description: { en: 'Which page', ja: 'ページ番号' },
            min: 1,
            max: 100,
          }),
        ],
      ),
      subcommand({
        name: 'audit',
        ja: '操作記録',
        description: { en: 'Who did what, allowed or refused, newest first', ja: '誰が何をしたか（新しい順）' },
      }),
      subcommand({
        name: 'home',
        ja: 'ホーム',
        description: {
          en: 'Which server’s moderators are operators, and make this one it',
          ja: 'どのサーバーのモデレーターが運営者かを確認・変更します',
        },
      }),
    ],
  ),
  access: 'operator',
  help: [
    {
      usage: '/settings show · audit · home',
      words: {
        en: 'my settings; who did what; which server is home.',
        ja: '設定、操作記録、ホームサーバーを表示します。',
      },
    },
  ],
  reply: 'private',
  run(request, services) {
    if (request.subcommand === 'audit') return auditPage(request, services, null);
    if (request.subcommand === 'home') return homeView(request, services);
    return settingsPage(request, services, request.number('page') ?? 1);
  },
  buttons: {
    page: { reply: 'update', run: (request, services) => settingsPage(request, services, Number(request.args[0])) },
    audit: {
      reply: 'update',
      run: (request, services) => {
        const [before] = request.args;
        return auditPage(request, services, before === undefined || before === '' ? null : Number(before));
      },
    },
    home: { reply: 'update', run: moveHome },
    stay: { reply: 'update', run: leaveHome },
  } satisfies Record<string, Action>,
} satisfies Command;
