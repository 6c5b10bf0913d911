import type { Command, Request, Services } from '../src/discord/command.ts';
import { slashCommand, subcommand, textOption } from '../src/discord/command.ts';
import { listAlerts } from './alerts/list.ts';
import { muteAlert } from './alerts/mute.ts';
import { testAlerts } from './alerts/test.ts';

const key = textOption({
  name: 'key',
  ja: 'キー',
  description: { en: 'Which one: type a part of its key', ja: 'キーの一部を入力してください' },
  required: true,
  suggests: true,
});

const time = textOption({
  name: 'for',
  ja: '期間',
  description: { en: '30m, 1h (the default), 2d; off ends it', ja: '30m、1h（既定）、2d。off で解除します' },
  maxLength: 10,
});

export const alerts = {
  data: slashCommand(
    { name: 'alerts', description: { en: 'What went wrong, and who is told', ja: 'アラートの確認と通知先' } },
    [
      subcommand({
        name: 'list',
        ja: '一覧',
        description: { en: 'What is wrong now, and what was', ja: '発生中と過去のアラート' },
      }),
      subcommand({
        name: 'test',
        ja: 'テスト',
        description: { en: 'Try every way by which alerts go out', ja: 'すべての通知先に試しに送ります' },
      }),
      subcommand(
        {
          name: 'mute',
          ja: 'ミュート',
          description: { en: 'Say nothing of one for a while', ja: '通知を一時的に止めます' },
        },
        [key, time],
      ),
    ],
  ),
  access: 'operator',
  help: [
    {
      usage: '/alerts list · test · mute',
      words: { en: 'see what went wrong, and who is told.', ja: 'アラートを確認し、通知先を試します。' },
    },
  ],
  reply: 'private',
  run(request, services) {
    switch (request.subcommand ?? 'list') {
      case 'test':
        return testAlerts(request, services);
      case 'mute':
        return muteAlert(request, services);
      default:
        return listAlerts(request, services);
    }
  },
  complete: suggestKeys,
} satisfies Command;

const MOST_CHOICES = 25;

function suggestKeys(request: Request, { alerts: desk }: Services) {
  const typed = (request.text('key') ?? '').toLowerCase();
  const keys = new Set([...desk.open().map(({ key: open }) => open), ...desk.muted().keys()]);
  return [...keys]
    .filter((one) => one.toLowerCase().includes(typed) && one.length <= 100)
    .slice(0, MOST_CHOICES)
    .map((one) => ({ name: one, value: one }));
}
