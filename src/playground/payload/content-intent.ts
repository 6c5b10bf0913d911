import type { APIMessage } from 'discord-api-types/v10';
import type { Message } from '../state/model.ts';
import { namesIn } from '../state/mentions.ts';
import type { World } from '../state/world.ts';

/**
 * A message as a bot without the privileged intent gets it: empty, unless it is the bot's own, a direct message, or
 * names the bot.
 */
export function withoutContent(world: World, message: Message, payload: APIMessage, mayRead: boolean): APIMessage {
  const isOwn = message.authorId === world.bot.id;
  const namesBot =
    message.pings.userIds.includes(world.bot.id) || namesIn(world, message.content).userIds.includes(world.bot.id);
  if (mayRead || isOwn || namesBot || message.guildId === null) return payload;
  return { ...payload, content: '', embeds: [], attachments: [], components: [] };
}
