import { lasting } from '../../alert-model.ts';
import type { Alert, PartStatus } from '../../ports.ts';

export const DISCORD = 'discord:';
export const DISCORD_DOWN = 'discord:down';
export const DISCORD_REFUSED = 'discord:refused';

const MOST_DOWN_MS = 300_000;

/** @param downSince of the first look in a row that did not find it connected; null when it is */
export function discordTrouble(part: PartStatus | undefined, downSince: number | null, now: number): readonly Alert[] {
  if (part?.failure?.code === 'config') {
    return [
      {
        key: DISCORD_REFUSED,
        severity: 'critical',
        words: {
          en: 'Discord does not accept DISCORD_TOKEN any more. Make a new one at https://discord.com/developers/applications → your application → Bot → Reset Token, set it and restart the bot.',
          ja: 'DISCORD_TOKEN が Discord に受け付けられなくなりました。https://discord.com/developers/applications → アプリ → Bot → Reset Token で作り直し、設定してからボットを再起動してください。',
        },
      },
    ];
  }
  if (part === undefined || downSince === null || now - downSince <= MOST_DOWN_MS) return [];
  const downMs = now - downSince;
  return [
    {
      key: DISCORD_DOWN,
      severity: 'critical',
      words: {
        en: `The bot has not been connected to Discord for ${lasting(downMs, 'en')}. See https://discordstatus.com and the network of this machine. It goes on trying by itself.`,
        ja: `Discord に${lasting(downMs, 'ja')}接続できていません。https://discordstatus.com とネットワークを確認してください。再接続は自動で続けます。`,
      },
    },
  ];
}
