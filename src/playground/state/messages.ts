import { MessageFlags, MessageType } from 'discord-api-types/v10';
import type { APIAllowedMentions, APIEmbed, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { discordError } from '../discord-error.ts';
import { joinPings, NO_PINGS, resolvePings } from './mentions.ts';
import type { Channel, Interaction, Message, StoredFile } from './model.ts';
import { BOUNDS, keepNewest, type World } from './world.ts';

export interface NewMessage {
  readonly authorId: string;
  readonly content?: string;
  readonly embeds?: readonly APIEmbed[];
  readonly components?: readonly APIMessageTopLevelComponent[];
  readonly files?: readonly StoredFile[];
  readonly flags?: number;
  readonly allowedMentions?: APIAllowedMentions | undefined;
  readonly replyToId?: string | null;
  readonly nonce?: string | number | null;
  readonly interaction?: Interaction | null;
  readonly ephemeralTo?: string | null;
  readonly type?: MessageType;
}

/** Flags that a sender may set; the others are Discord's own. */
export const SETTABLE_FLAGS = MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications;

export function createMessage(world: World, channel: Channel, input: NewMessage): Message {
  const content = (input.content ?? '').trim();
  const flags = input.flags ?? 0;
  const isLoading = (flags & MessageFlags.Loading) !== 0;
  const isEmpty = content === '' && !input.embeds?.length && !input.files?.length && !input.components?.length;
  if (isEmpty && !isLoading && input.type !== MessageType.ThreadCreated) throw discordError('emptyMessage');
  const replied =
    input.replyToId === undefined || input.replyToId === null ? undefined : channel.messages.get(input.replyToId);
  const { interaction = null } = input;
  const message: Message = {
    id: world.nextId(),
    channelId: channel.id,
    guildId: channel.guildId,
    authorId: input.authorId,
    type: input.type ?? messageType(input),
    createdAtMs: world.now(),
    editedAtMs: null,
    content,
    embeds: input.embeds ?? [],
    components: input.components ?? [],
    files: input.files ?? [],
    flags,
    pings: NO_PINGS,
    threadId: null,
    reactions: new Map(),
    replyToId: input.replyToId ?? null,
    nonce: input.nonce ?? null,
    interaction:
      interaction === null
        ? null
        : { id: interaction.id, kind: interaction.kind, userId: interaction.userId, name: interaction.name },
    ephemeralTo: input.ephemeralTo ?? null,
    dismissed: false,
  };
  ping(world, channel, message, replied?.authorId ?? null, input.allowedMentions);
  channel.messages.set(message.id, message);
  channel.messageCount += 1;
  for (const dropped of keepNewest(channel.messages, BOUNDS.messagesPerChannel)) {
    world.bus.emit({ kind: 'messageDeleted', message: dropped });
  }
  world.bus.emit({ kind: 'messageCreated', message });
  return message;
}

export interface MessageEdit {
  readonly content?: string;
  readonly embeds?: readonly APIEmbed[];
  readonly components?: readonly APIMessageTopLevelComponent[];
  readonly files?: readonly StoredFile[];
  readonly flags?: number;
  readonly allowedMentions?: APIAllowedMentions | undefined;
}

/** Changes what is given and keeps the rest; a message that was “thinking” becomes a message. */
export function editMessage(world: World, channel: Channel, message: Message, edit: MessageEdit): Message {
  const next = {
    content: edit.content === undefined ? message.content : edit.content.trim(),
    embeds: edit.embeds ?? message.embeds,
    components: edit.components ?? message.components,
    files: edit.files ?? message.files,
  };
  if (next.content === '' && next.embeds.length + next.components.length + next.files.length === 0) {
    throw discordError('emptyMessage');
  }
  const wasLoading = (message.flags & MessageFlags.Loading) !== 0;
  Object.assign(message, next);
  message.flags = settableFlags(message.flags & ~MessageFlags.Loading, edit.flags);
  if (!wasLoading) message.editedAtMs = world.now();
  if (edit.content !== undefined) ping(world, channel, message, null, edit.allowedMentions);
  world.bus.emit({ kind: 'messageUpdated', message });
  return message;
}

export function deleteMessage(world: World, channel: Channel, message: Message): void {
  if (channel.messages.delete(message.id)) world.bus.emit({ kind: 'messageDeleted', message });
}

function settableFlags(current: number, wanted: number | undefined): number {
  return wanted === undefined ? current : (current & ~SETTABLE_FLAGS) | (wanted & SETTABLE_FLAGS);
}

function messageType({ replyToId, interaction }: NewMessage): MessageType {
  if (interaction?.kind === 'command') return MessageType.ChatInputCommand;
  return replyToId === undefined || replyToId === null ? MessageType.Default : MessageType.Reply;
}

/** Ephemeral messages notify nobody. */
function ping(
  world: World,
  channel: Channel,
  message: Message,
  repliedUserId: string | null,
  allowed: APIAllowedMentions | undefined,
): void {
  if (message.ephemeralTo !== null) return;
  message.pings = joinPings(
    message.pings,
    resolvePings(world, channel, { authorId: message.authorId, content: message.content, repliedUserId }, allowed),
  );
}
