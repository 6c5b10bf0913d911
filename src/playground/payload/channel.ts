import { ChannelType, OverwriteType } from 'discord-api-types/v10';
import type { APIChannel } from 'discord-api-types/v10';
import type { Channel } from '../state/model.ts';
import type { World } from '../state/world.ts';
import { toApiUser } from './user.ts';

/** A channel as Discord sends it. */
export function toApiChannel(world: World, channel: Channel): APIChannel {
  const lastMessageId = [...channel.messages.keys()].at(-1) ?? null;
  if (channel.kind === 'dm') {
    const recipient = world.people.get(channel.recipientId ?? '');
    const recipients = recipient === undefined ? [] : [toApiUser(recipient)];
    return {
      id: channel.id,
      type: ChannelType.DM,
      last_message_id: lastMessageId,
      recipients,
      flags: 0,
      name: null,
    } as unknown as APIChannel;
  }
  const guildId = channel.guildId ?? '';
  const shared = { id: channel.id, guild_id: guildId, name: channel.name, last_message_id: lastMessageId, flags: 0 };
  if (channel.kind === 'thread') {
    return {
      ...shared,
      type: ChannelType.PublicThread,
      parent_id: channel.parentId,
      owner_id: channel.ownerId ?? undefined,
      message_count: channel.messageCount,
      total_message_sent: channel.messageCount,
      member_count: 1,
      rate_limit_per_user: 0,
      applied_tags: [],
      thread_metadata: {
        archived: channel.archived,
        auto_archive_duration: 1_440,
        archive_timestamp: new Date(channel.createdAtMs).toISOString(),
        create_timestamp: new Date(channel.createdAtMs).toISOString(),
        locked: false,
      },
    } as unknown as APIChannel;
  }
  return {
    ...shared,
    type: ChannelType.GuildText,
    topic: channel.topic === '' ? null : channel.topic,
    position: 0,
    parent_id: null,
    nsfw: false,
    rate_limit_per_user: 0,
    permission_overwrites: channel.overwrites.map(({ id, kind, allow, deny }) => ({
      id,
      type: kind === 'role' ? OverwriteType.Role : OverwriteType.Member,
      allow: allow.toString(),
      deny: deny.toString(),
    })),
  } as unknown as APIChannel;
}
