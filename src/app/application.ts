import type { Config } from '../config.ts';

/**
 * The Discord application that this bot is, told without asking Discord: a token begins with its bot's id, which is the
 * application's (https://docs.discord.com/developers/reference#authentication). Null for a token that is none.
 */
export function applicationOf({ discord: { token } }: Pick<Config, 'discord'>): string | null {
  if (token === null) return 'playground';
  const id = Buffer.from(token.split('.')[0] ?? '', 'base64').toString('latin1');
  return /^\d{15,21}$/.test(id) ? id : null;
}
