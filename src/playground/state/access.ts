import { PermissionFlagsBits as P } from 'discord-api-types/v10';
import { discordError } from '../discord-error.ts';
import type { Channel, Guild, Message } from './model.ts';
import { channelPermissions } from './permissions.ts';
import { guildOf, type World } from './world.ts';

/** What someone may do in a channel or thread; in direct messages, what both sides may. */
export function permissionsIn(world: World, channel: Channel, userId: string): bigint {
  const guild = guildOf(world, channel);
  if (guild === null) {
    const mine = channel.recipientId === userId || userId === world.bot.id;
    return mine
      ? P.ViewChannel | P.SendMessages | P.EmbedLinks | P.AttachFiles | P.AddReactions | P.ReadMessageHistory
      : 0n;
  }
  if (userId === world.bot.id && !guild.botPresent) return 0n;
  const parent = channel.parentId === null ? channel : world.channels.get(channel.parentId);
  return parent === undefined ? 0n : channelPermissions(guild, parent, userId);
}

export function requirePermission(world: World, channel: Channel, userId: string, ...needed: bigint[]): void {
  const permissions = permissionsIn(world, channel, userId);
  if ((permissions & P.ViewChannel) === 0n) throw discordError('missingAccess');
  if (needed.some((one) => (permissions & one) !== one)) throw discordError('missingPermissions');
}

export function sendPermission(channel: Channel): bigint {
  return channel.kind === 'thread' ? P.SendMessagesInThreads : P.SendMessages;
}

/** A channel that exists and that `userId` can see. */
export function visibleChannel(world: World, channelId: string, userId: string): Channel {
  const channel = world.channels.get(channelId);
  if (channel === undefined) throw discordError('unknownChannel');
  requirePermission(world, channel, userId);
  return channel;
}

export function guildOfBot(world: World, guildId: string): Guild {
  const guild = world.guilds.get(guildId);
  if (guild === undefined) throw discordError('unknownGuild');
  if (!guild.botPresent) throw discordError('missingAccess');
  return guild;
}

/** A message that `userId` can see: ephemeral ones are their person's. */
export function visibleMessage(channel: Channel, messageId: string, userId: string): Message {
  const message = channel.messages.get(messageId);
  if (message === undefined || (message.ephemeralTo !== null && message.ephemeralTo !== userId)) {
    throw discordError('unknownMessage');
  }
  return message;
}
