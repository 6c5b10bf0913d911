import { discordError } from '../discord-error.ts';
import type { Message } from './model.ts';
import type { World } from './world.ts';

const MAX_KINDS = 20;

/** An emoji as reactions name it: one Unicode emoji, or `name:id`. */
export function emojiOf(text: string): string {
  const isOne = /^(\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?|\w{2,32}:\d{17,20})$/v.test(text);
  if (!isOne) throw discordError('unknownEmoji');
  return text;
}

export function setReaction(world: World, message: Message, emoji: string, userId: string, on: boolean): void {
  const users = message.reactions.get(emoji) ?? new Set<string>();
  if (users.has(userId) === on) return;
  if (on && users.size === 0 && message.reactions.size >= MAX_KINDS) throw discordError('tooManyReactions');
  if (on) users.add(userId);
  else users.delete(userId);
  if (users.size === 0) message.reactions.delete(emoji);
  else message.reactions.set(emoji, users);
  world.bus.emit({ kind: 'reaction', message, emoji, userId, added: on });
}
