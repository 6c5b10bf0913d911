import { ApplicationCommandType, Locale, MessageFlags } from 'discord-api-types/v10';
import type { LocalizationMap } from 'discord-api-types/v10';
import type {
  ClientChannel,
  ClientCommand,
  ClientGuild,
  ClientInteraction,
  ClientLocale,
  ClientMessage,
  ClientUser,
} from '../client-state.ts';
import { plainLine } from '../../plain-text.ts';
import { permissionsIn } from '../state/access.ts';
import { commandsIn, visibleCommands } from '../state/commands.ts';
import { filePath } from '../state/files.ts';
import { namesIn } from '../state/mentions.ts';
import type { Channel, Guild, Interaction, Message, Person, StoredCommand, StoredFile } from '../state/model.ts';
import { personById, type World } from '../state/world.ts';
import type { ClientAttachment } from '../client-state.ts';

/** Who looks, and in which language. */
export interface Viewer {
  readonly person: Person;
  readonly locale: ClientLocale;
}

export function toClientUser({ id, username, displayName, bot }: Person): ClientUser {
  return { id, username, displayName, bot };
}

export function toClientAttachment(file: StoredFile): ClientAttachment {
  const { id, filename, sizeBytes, contentType } = file;
  return { id, filename: plainLine(filename), sizeBytes, contentType, url: filePath(file) };
}

export function canSee(world: World, channel: Channel, { person }: Viewer): boolean {
  return channel.recipientId === person.id || permissionsIn(world, channel, person.id) !== 0n;
}

export function canRead(message: Message, { person }: Viewer): boolean {
  return !message.dismissed && (message.ephemeralTo === null || message.ephemeralTo === person.id);
}

export function toClientChannel(world: World, channel: Channel): ClientChannel {
  const { id, guildId, kind, topic, parentId, starterMessageId, archived, messageCount } = channel;
  const name = kind === 'dm' ? world.bot.displayName : channel.name;
  return { id, guildId, kind, name, topic, parentId, starterMessageId, archived, messageCount };
}

export function toClientGuild(world: World, guild: Guild, viewer: Viewer): ClientGuild {
  const commands = visibleCommands(world, guild, viewer.person.id);
  const people = [...guild.memberRoles.keys()]
    .map((id) => personById(world, id))
    .filter(({ bot }) => !bot || guild.botPresent);
  return {
    id: guild.id,
    name: guild.name,
    botPresent: guild.botPresent,
    roles: guild.roles.filter(({ id }) => id !== guild.id).map(({ id, name, color }) => ({ id, name, color })),
    members: people.map((person) => ({
      user: toClientUser(person),
      roleIds: guild.memberRoles.get(person.id) ?? [],
      online: !person.bot || world.botOnline,
    })),
    commands: toClientCommands(commands, viewer.locale),
    commandsOfOthers: commandsIn(world, guild).flatMap((one) => {
      if (one.type !== ApplicationCommandType.ChatInput || commands.includes(one)) return [];
      const seers = Object.values(world.personas).filter(({ id }) => visibleCommands(world, guild, id).includes(one));
      return seers.slice(0, 1).flatMap(({ persona }) => (persona === null ? [] : [{ name: one.name, persona }]));
    }),
  };
}

export function toClientCommands(commands: readonly StoredCommand[], locale: ClientLocale): ClientCommand[] {
  const local = (map: LocalizationMap | null, text: string): string => map?.[discordLocale(locale)] ?? text;
  return commands.map((command) => ({
    id: command.id,
    type: command.type,
    name: command.name,
    description: command.description,
    localName: local(command.nameLocalizations, command.name),
    localDescription: local(command.descriptionLocalizations, command.description),
    options: command.options,
  }));
}

function discordLocale(locale: ClientLocale): Locale {
  return locale === 'en' ? Locale.EnglishUS : Locale.Japanese;
}

export function toClientMessage(world: World, message: Message, viewer: Viewer): ClientMessage {
  const named = namesIn(world, message.content);
  const channel = world.channels.get(message.channelId);
  const roles = [...world.guilds.values()].flatMap((guild) => guild.roles);
  const { interaction } = message;
  const users = new Set([...named.userIds, ...message.pings.userIds]);
  return {
    id: message.id,
    channelId: message.channelId,
    author: toClientUser(personById(world, message.authorId)),
    content: message.content,
    createdAt: new Date(message.createdAtMs).toISOString(),
    editedAt: message.editedAtMs === null ? null : new Date(message.editedAtMs).toISOString(),
    embeds: message.embeds,
    components: message.components,
    attachments: message.files.map(toClientAttachment),
    reactions: [...message.reactions].map(([emoji, who]) => ({
      emoji,
      count: who.size,
      mine: who.has(viewer.person.id),
    })),
    reply: message.replyToId === null ? null : replyView(world, channel, message.replyToId),
    interaction:
      interaction === null
        ? null
        : { id: interaction.id, user: toClientUser(personById(world, interaction.userId)), name: interaction.name },
    ephemeral: message.ephemeralTo !== null,
    thinking: (message.flags & MessageFlags.Loading) !== 0,
    flags: message.flags,
    mentions: {
      users: [...users].map((id) => toClientUser(personById(world, id))),
      roles: roles.filter(({ id }) => named.roleIds.includes(id)).map(({ id, name, color }) => ({ id, name, color })),
    },
    pings: message.pings,
    threadId: message.threadId,
  };
}

function replyView(world: World, channel: Channel | undefined, messageId: string): ClientMessage['reply'] {
  const message = channel?.messages.get(messageId);
  if (message === undefined) return { messageId, author: null, preview: '' };
  return {
    messageId,
    author: toClientUser(personById(world, message.authorId)),
    preview: message.content,
  };
}

const FAILURES = {
  command: { en: 'The application did not respond', ja: 'アプリケーションが応答しませんでした' },
  component: { en: 'This interaction failed', ja: 'インタラクションに失敗しました' },
  modal: { en: 'Something went wrong. Try again.', ja: '問題が発生しました。もう一度お試しください。' },
} as const;

/** Null for autocomplete, whose outcome is the choices themselves. */
export function toClientInteraction(interaction: Interaction): ClientInteraction | null {
  const { id, channelId, kind, state, messageId, customId, name, createdAtMs, acknowledgedAtMs, originalId, locale } =
    interaction;
  if (kind === 'autocomplete') return null;
  return {
    id,
    channelId,
    kind,
    state,
    messageId,
    customId,
    name,
    replyId: originalId,
    acknowledgedAfterMs: acknowledgedAtMs === null ? null : acknowledgedAtMs - createdAtMs,
    failure: state === 'failed' ? FAILURES[kind][locale] : null,
  };
}
