import { GatewayDispatchEvents as E, GatewayIntentBits as I, PermissionFlagsBits as P } from 'discord-api-types/v10';
import { toApiChannel } from '../payload/channel.ts';
import { withoutContent } from '../payload/content-intent.ts';
import { toGuildCreate } from '../payload/guild.ts';
import { toApiInteraction } from '../payload/interaction.ts';
import { toApiMessage, toEmoji } from '../payload/message.ts';
import { memberParts, toApiMember } from '../payload/user.ts';
import { permissionsIn } from '../state/access.ts';
import type { WorldEvent } from '../state/events.ts';
import type { Channel, Message } from '../state/model.ts';
import { guildOf, personById, type World } from '../state/world.ts';

export interface Dispatch {
  readonly t: string;
  readonly d: unknown;
}

/** What one bot connection asked for and is allowed. */
export interface Audience {
  readonly intents: number;
  readonly origin: string;
}

/** What the gateway tells a bot about an event: nothing outside its intents, its permissions and its guilds. */
export function toDispatches(world: World, event: WorldEvent, audience: Audience): readonly Dispatch[] {
  const { intents, origin } = audience;
  const wants = (...bits: number[]): boolean => bits.some((bit) => (intents & bit) !== 0);
  switch (event.kind) {
    case 'interactionSent': {
      if (world.guilds.get(event.interaction.guildId ?? '')?.botPresent === false) return [];
      const d = toApiInteraction(world, event.interaction, origin);
      return d === null ? [] : [{ t: E.InteractionCreate, d }];
    }
    case 'messageCreated':
    case 'messageUpdated':
    case 'messageDeleted':
      return ofMessage(world, event.kind, event.message, audience);
    case 'reaction': {
      const { message, emoji, userId, added } = event;
      const wanted = message.guildId === null ? I.DirectMessageReactions : I.GuildMessageReactions;
      if (!wants(wanted) || !botSees(world, message.channelId)) return [];
      const place = { channel_id: message.channelId, message_id: message.id, ...inGuild(message) };
      return [
        {
          t: added ? E.MessageReactionAdd : E.MessageReactionRemove,
          d: {
            user_id: userId,
            ...place,
            emoji: toEmoji(emoji),
            burst: false,
            type: 0,
            message_author_id: message.authorId,
          },
        },
      ];
    }
    case 'channelCreated':
    case 'channelUpdated':
    case 'channelDeleted':
      return wants(I.Guilds) ? ofChannel(world, event.kind, event.channel) : [];
    case 'typing': {
      const { channel, userId } = event;
      const guild = guildOf(world, channel);
      if (!wants(guild === null ? I.DirectMessageTyping : I.GuildMessageTyping) || userId === world.bot.id) return [];
      const member =
        guild === null ? {} : { guild_id: guild.id, member: toApiMember(guild, personById(world, userId)) };
      return [
        {
          t: E.TypingStart,
          d: { channel_id: channel.id, user_id: userId, timestamp: Math.floor(world.now() / 1_000), ...member },
        },
      ];
    }
    case 'botAdded':
      return wants(I.Guilds) ? [{ t: E.GuildCreate, d: toGuildCreate(world, event.guild, wants(I.GuildMembers)) }] : [];
    case 'botRemoved':
      return wants(I.Guilds) ? [{ t: E.GuildDelete, d: { id: event.guild.id } }] : [];
    case 'commandsChanged':
    case 'botPresence':
    case 'interactionSettled':
    case 'modalShown':
    case 'choicesOffered':
    default:
      return [];
  }
}

function ofMessage(
  world: World,
  kind: 'messageCreated' | 'messageUpdated' | 'messageDeleted',
  message: Message,
  { intents, origin }: Audience,
): readonly Dispatch[] {
  const wanted = message.guildId === null ? I.DirectMessages : I.GuildMessages;
  if ((intents & wanted) === 0 || message.ephemeralTo !== null || !botSees(world, message.channelId)) return [];
  if (kind === 'messageDeleted') {
    return [{ t: E.MessageDelete, d: { id: message.id, channel_id: message.channelId, ...inGuild(message) } }];
  }
  const guild = message.guildId === null ? undefined : world.guilds.get(message.guildId);
  const mayRead = (intents & I.MessageContent) !== 0;
  const d = {
    ...withoutContent(world, message, toApiMessage(world, message, origin), mayRead),
    ...inGuild(message),
    ...(guild === undefined ? { channel_type: 1 } : { member: memberParts(guild, message.authorId) }),
  };
  return [{ t: kind === 'messageCreated' ? E.MessageCreate : E.MessageUpdate, d }];
}

function ofChannel(
  world: World,
  kind: 'channelCreated' | 'channelUpdated' | 'channelDeleted',
  channel: Channel,
): readonly Dispatch[] {
  // A channel that is gone can no longer be looked up, so only its guild is asked for.
  const isGone = kind === 'channelDeleted';
  if (guildOf(world, channel)?.botPresent !== true || (!isGone && !botSees(world, channel.id))) return [];
  const isThread = channel.kind === 'thread';
  if (isGone && isThread) {
    return [
      { t: E.ThreadDelete, d: { id: channel.id, guild_id: channel.guildId, parent_id: channel.parentId, type: 11 } },
    ];
  }
  const names = {
    channelCreated: isThread ? E.ThreadCreate : E.ChannelCreate,
    channelUpdated: isThread ? E.ThreadUpdate : E.ChannelUpdate,
    channelDeleted: E.ChannelDelete,
  };
  const isNew = isThread && kind === 'channelCreated' ? { newly_created: true } : {};
  return [{ t: names[kind], d: { ...toApiChannel(world, channel), ...isNew } }];
}

function inGuild({ guildId }: Message): { guild_id?: string } {
  return guildId === null ? {} : { guild_id: guildId };
}

function botSees(world: World, channelId: string): boolean {
  const channel = world.channels.get(channelId);
  return channel !== undefined && (permissionsIn(world, channel, world.bot.id) & P.ViewChannel) !== 0n;
}
