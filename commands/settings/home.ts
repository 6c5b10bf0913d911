import {
  actionId,
  buttonsUntil,
  button,
  row,
  shown,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import { recorded } from '../backups/recorded.ts';

const ACTION = 'settings home';

/** Which server is home, and the offer to make this one it: rights move then, so it is asked first. */
export function homeView(request: LiveRequest, { home, confirmations, audit }: Services): View {
  const current = home.guildId();
  const name = current === null ? null : shown(home.nameOf(current) ?? current, 100);
  if (current === request.guildId)
    return { content: [request.say(THIS), ...fixed(request, home.isConfigured)].join('\n') };
  const now =
    name === null
      ? request.say({ en: '🏠 No server is home yet.', ja: '🏠 ホームサーバーはまだ決まっていません。' })
      : request.say({
          en: `🏠 **${name}** is the home server: its moderators are operators.`,
          ja: `🏠 ホームサーバーは **${name}** です。このサーバーのモデレーターが運営者です。`,
        });
  if (home.isConfigured) return { content: [now, ...fixed(request, true)].join('\n') };
  const text = [
    now,
    request.say({
      en: `Make **this** server home? Its moderators become operators: they see all settings, make backups and restore them, for every server.${name === null ? '' : ` Those of **${name}** no longer are.`}`,
      ja: `**このサーバー**をホームサーバーにしますか？ このサーバーのモデレーターが運営者になり、全サーバーの設定の確認、バックアップ、復元ができるようになります。${name === null ? '' : `**${name}** のモデレーターは運営者ではなくなります。`}`,
    }),
  ].join('\n');
  const { args, expiresAt } = confirmations.issue(request, { purpose: ACTION, subject: request.guildId, text });
  audit({ action: ACTION, by: request.userId, guild: request.guildId, outcome: 'asked' });
  return {
    content: `${text}\n${buttonsUntil(request, expiresAt)}`,
    components: [
      row(
        button(
          actionId('settings', 'home', ...args),
          request.say({ en: 'Make this server home', ja: 'ホームにする' }),
          {
            style: 'danger',
          },
        ),
        button(actionId('settings', 'stay', ...args), request.say({ en: 'Leave it', ja: 'やめる' })),
      ),
    ],
  };
}

export async function moveHome(request: LiveRequest, services: Services): Promise<View> {
  const { home, confirmations } = services;
  await recorded(request, services, { action: ACTION }, () =>
    home.move(confirmations.redeem(request, ACTION), request.userName),
  );
  return { content: request.say(MOVED) };
}

export async function leaveHome(request: LiveRequest, services: Services): Promise<View> {
  await recorded(
    request,
    services,
    { action: ACTION },
    () => services.confirmations.redeem(request, ACTION),
    () => ({ outcome: 'cancelled' }),
  );
  return { content: request.say({ en: 'Nothing was changed.', ja: '何も変更していません。' }) };
}

function fixed(request: LiveRequest, isConfigured: boolean): string[] {
  if (!isConfigured) return [];
  return [
    request.say({
      en: 'HOME_GUILD_ID says so; it is changed where the bot runs.',
      ja: 'HOME_GUILD_ID で指定されています。変更はボットの実行環境で行います。',
    }),
  ];
}

const THIS = {
  en: '🏠 This is the home server: its moderators are operators. To make another server home, use this command there.',
  ja: '🏠 このサーバーがホームサーバーです。このサーバーのモデレーターが運営者です。別のサーバーをホームにするには、そのサーバーでこのコマンドを実行してください。',
};

const MOVED = {
  en: '🏠 This is the home server now: its moderators are operators. Whoever gets the alerts is told.',
  ja: '🏠 このサーバーがホームサーバーになりました。このサーバーのモデレーターが運営者です。アラートの宛先にも知らせます。',
};
