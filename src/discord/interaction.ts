import {
  InteractionType,
  MessageFlags,
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  type CommandInteractionOption,
  type Interaction,
  type Message,
} from 'discord.js';
import { wordsIn, type Locale } from '../errors.ts';
import type { Access, OfferedFile, Request, TargetMessage } from './request.ts';
import type { Person } from './access.ts';
import { parseActionId } from './components.ts';
import type { InteractionKey } from './outbox.ts';

export type IncomingKind = 'command' | 'suggest' | 'button' | 'modal';

/** An interaction in our own terms. */
export interface Incoming {
  readonly key: InteractionKey;
  readonly kind: IncomingKind;
  /** The command's name, and which of its buttons or modals; empty for the command itself. */
  readonly command: string;
  readonly action: string;
  /** The message that carries the pressed button; null when one person alone sees that. */
  readonly onMessage: string | null;
  /** What was typed into a form, by field. */
  readonly form: ReadonlyMap<string, string> | null;
  readonly request: Request;
}

/** Null for what we do not take part in: direct messages and kinds of interaction that we never offer. */
export function readInteraction(interaction: Interaction, levelOf: (person: Person) => Access): Incoming | null {
  const read = contentsOf(interaction);
  if (read === null || interaction.guildId === null || interaction.channelId === null) return null;
  const locale = localeOf(interaction.locale);
  const options = read.options ?? [];
  const option = (name: string) => options.find((candidate) => candidate.name === name);
  return {
    key: { id: interaction.id, token: interaction.token, applicationId: interaction.applicationId },
    kind: read.kind,
    command: read.command,
    action: read.action ?? '',
    onMessage: read.onMessage ?? null,
    form: read.fields ?? null,
    request: {
      guildId: interaction.guildId,
      channelId: interaction.channelId,
      inThread: interaction.channel?.isThread() ?? false,
      userId: interaction.user.id,
      userName: interaction.user.displayName,
      locale,
      level: levelOf(personOf(interaction, interaction.guildId)),
      subcommand: read.subcommand ?? null,
      args: read.args ?? [],
      target: read.target ?? null,
      text: (name) => read.fields?.get(name) ?? valueOf(option(name), 'string'),
      number: (name) => valueOf(option(name), 'number'),
      flag: (name) => valueOf(option(name), 'boolean'),
      file: (name) => {
        const attachment = option(name)?.attachment;
        return attachment ? { name: attachment.name, url: attachment.url, sizeBytes: attachment.size } : null;
      },
      say: (words) => wordsIn(locale, words),
    },
  };
}

export function localeOf(discordLocale: string): Locale {
  return discordLocale.startsWith('ja') ? 'ja' : 'en';
}

interface Contents {
  readonly kind: IncomingKind;
  readonly command: string;
  readonly action?: string;
  readonly args?: readonly string[];
  readonly subcommand?: string | null;
  readonly options?: readonly CommandInteractionOption[];
  readonly fields?: ReadonlyMap<string, string>;
  readonly target?: TargetMessage;
  readonly onMessage?: string | null;
}

function contentsOf(interaction: Interaction): Contents | null {
  if (interaction.isChatInputCommand() || interaction.type === InteractionType.ApplicationCommandAutocomplete) {
    const kind = interaction.isChatInputCommand() ? 'command' : 'suggest';
    return { kind, command: interaction.commandName, ...optionsOf(interaction) };
  }
  if (interaction.isMessageContextMenuCommand()) {
    return { kind: 'command', command: interaction.commandName, target: targetOf(interaction.targetMessage) };
  }
  if (interaction.isButton()) {
    const { id, flags } = interaction.message;
    const onMessage = flags.has(MessageFlags.Ephemeral) ? null : id;
    return { kind: 'button', ...parseActionId(interaction.customId), onMessage };
  }
  if (interaction.isModalSubmit()) {
    const fields = new Map(
      interaction.fields.fields.map((field) => [
        field.customId,
        'value' in field && typeof field.value === 'string' ? field.value : '',
      ]),
    );
    return { kind: 'modal', ...parseActionId(interaction.customId), fields };
  }
  return null;
}

function optionsOf(interaction: AutocompleteInteraction | ChatInputCommandInteraction) {
  return {
    subcommand: interaction.options.getSubcommand(false),
    // The options of the subcommand where there is one.
    options: interaction.options.data.flatMap((option) => option.options ?? [option]),
  };
}

function valueOf<Type extends 'string' | 'number' | 'boolean'>(
  option: CommandInteractionOption | undefined,
  type: Type,
): (Type extends 'string' ? string : Type extends 'number' ? number : boolean) | null {
  const value: unknown = option?.value;
  return typeof value === type ? (value as never) : null;
}

function personOf(interaction: Interaction, guildId: string): Person {
  const roles = interaction.member?.roles;
  return {
    userId: interaction.user.id,
    guildId,
    roleIds: roles === undefined ? [] : Array.isArray(roles) ? roles : [...roles.cache.keys()],
    managesServer: interaction.memberPermissions?.has('ManageGuild') ?? false,
  };
}

function targetOf(message: Pick<Message, 'content' | 'author' | 'url' | 'attachments'>): TargetMessage {
  return {
    content: message.content,
    authorName: message.author.displayName,
    url: message.url,
    files: message.attachments.map((attachment): OfferedFile => ({
      name: attachment.name,
      url: attachment.url,
      sizeBytes: attachment.size,
    })),
  };
}
