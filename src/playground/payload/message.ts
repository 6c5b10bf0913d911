import { InteractionType, MessageFlags, MessageReferenceType } from 'discord-api-types/v10';
import type { APIAttachment, APIMessage, APIReaction } from 'discord-api-types/v10';
import { filePath } from '../state/files.ts';
import type { InteractionKind, Message, StoredFile } from '../state/model.ts';
import { personById, type World } from '../state/world.ts';
import { toApiUser } from './user.ts';

export const INTERACTION_TYPES: Readonly<Record<InteractionKind, InteractionType>> = {
  command: InteractionType.ApplicationCommand,
  component: InteractionType.MessageComponent,
  modal: InteractionType.ModalSubmit,
  autocomplete: InteractionType.ApplicationCommandAutocomplete,
};

export function toApiAttachment(file: StoredFile, origin: string, ephemeral = false): APIAttachment {
  const url = origin + filePath(file);
  return {
    id: file.id,
    filename: file.filename,
    size: file.sizeBytes,
    url,
    proxy_url: url,
    content_type: file.contentType,
    ...(file.description === null ? {} : { description: file.description }),
    ...(ephemeral ? { ephemeral } : {}),
  };
}

/** A message as Discord sends it; `withReferenced` says whether the message it replies to is put inside. */
export function toApiMessage(world: World, message: Message, origin: string, withReferenced = true): APIMessage {
  const channel = world.channels.get(message.channelId);
  const referenced = message.replyToId === null ? undefined : channel?.messages.get(message.replyToId);
  const { interaction } = message;
  const thread = message.threadId === null ? undefined : world.channels.get(message.threadId);
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    author: toApiUser(personById(world, message.authorId)),
    content: message.content,
    timestamp: new Date(message.createdAtMs).toISOString(),
    edited_timestamp: message.editedAtMs === null ? null : new Date(message.editedAtMs).toISOString(),
    tts: false,
    pinned: false,
    mention_everyone: message.pings.everyone,
    mentions: message.pings.userIds.map((id) => toApiUser(personById(world, id))),
    mention_roles: [...message.pings.roleIds],
    attachments: message.files.map((file) => toApiAttachment(file, origin, message.ephemeralTo !== null)),
    embeds: message.embeds.map((embed) => ({ type: 'rich', ...embed })),
    components: [...message.components],
    flags: message.flags | (message.threadId === null ? 0 : MessageFlags.HasThread),
    ...(message.reactions.size === 0 ? {} : { reactions: reactionsOf(world, message) }),
    ...(message.nonce === null ? {} : { nonce: message.nonce }),
    ...(message.replyToId === null
      ? {}
      : {
          message_reference: {
            type: MessageReferenceType.Default,
            message_id: message.replyToId,
            channel_id: message.channelId,
            ...(message.guildId === null ? {} : { guild_id: message.guildId }),
          },
          ...(withReferenced
            ? { referenced_message: referenced === undefined ? null : toApiMessage(world, referenced, origin, false) }
            : {}),
        }),
    ...(interaction === null
      ? {}
      : {
          application_id: world.applicationId,
          webhook_id: world.applicationId,
          interaction_metadata: {
            id: interaction.id,
            type: INTERACTION_TYPES[interaction.kind],
            user: toApiUser(personById(world, interaction.userId)),
            authorizing_integration_owners: { '0': message.guildId ?? '0' },
          },
        }),
    ...(thread === undefined ? {} : { thread: { id: thread.id, name: thread.name, type: 11 } }),
  } as unknown as APIMessage;
}

function reactionsOf(world: World, message: Message): APIReaction[] {
  return [...message.reactions].map(([emoji, users]) => ({
    emoji: toEmoji(emoji),
    count: users.size,
    count_details: { burst: 0, normal: users.size },
    me: users.has(world.bot.id),
    me_burst: false,
    burst_colors: [],
  }));
}

export function toEmoji(emoji: string): { id: string | null; name: string } {
  const custom = /^(\w+):(\d+)$/.exec(emoji);
  return custom === null ? { id: null, name: emoji } : { id: custom[2] ?? null, name: custom[1] ?? '' };
}
