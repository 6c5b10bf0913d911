import { ApplicationCommandOptionType as T, ApplicationCommandType } from 'discord-api-types/v10';
import type { APIApplicationCommandBasicOption, APIApplicationCommandOption } from 'discord-api-types/v10';
import type { CommandPath, OptionValues } from '../client-protocol.ts';
import { DiscordError, discordError } from '../discord-error.ts';
import { visibleMessage } from '../state/access.ts';
import { visibleCommands } from '../state/commands.ts';
import { sendInteraction } from '../state/interactions.ts';
import type { Channel, Interaction, StoredCommand } from '../state/model.ts';
import { guildOf, type World } from '../state/world.ts';
import { checkOption, type OptionCheck } from './option-values.ts';
import { createResolver } from './resolved.ts';
import type { Viewer } from './views.ts';

interface SentOption {
  readonly name: string;
  readonly type: T;
  readonly value?: string | number | boolean;
  readonly focused?: true;
  readonly options?: readonly SentOption[];
}

export interface Invoker extends Viewer {
  readonly clientId: string;
}

/** Runs a slash command as a person; with `focused`, asks for that option's choices instead. */
export function invokeCommand(
  world: World,
  invoker: Invoker,
  channel: Channel,
  { name, options }: CommandPath,
  focused: string | null = null,
): Interaction {
  const [first = '', ...rest] = name.split(' ');
  const command = findCommand(world, invoker, channel, first, [ApplicationCommandType.ChatInput]);
  const leaf = findLeaf(command.options, rest);
  const resolver = createResolver(world, channel);
  const check: OptionCheck = { world, channel, focused, resolver };
  const sent = wrap(rest, command.options, sentOptions(leaf, options, check));
  return sendInteraction(world, {
    ...from(invoker, channel),
    kind: focused === null ? 'command' : 'autocomplete',
    messageId: null,
    customId: null,
    name,
    data: (origin) => ({
      id: command.id,
      name: command.name,
      type: command.type,
      ...(command.guildId === null ? {} : { guild_id: command.guildId }),
      ...(sent.length === 0 ? {} : { options: sent }),
      ...resolver.resolved(origin),
    }),
  });
}

export function invokeContextMenu(
  world: World,
  invoker: Invoker,
  channel: Channel,
  name: string,
  targetId: string,
): Interaction {
  const types = [ApplicationCommandType.Message, ApplicationCommandType.User];
  const command = findCommand(world, invoker, channel, name, types);
  const resolver = createResolver(world, channel);
  if (command.type === ApplicationCommandType.Message) {
    resolver.addMessage(visibleMessage(channel, targetId, invoker.person.id));
  } else if (!resolver.add(T.User, targetId)) {
    throw discordError('unknownUser');
  }
  return sendInteraction(world, {
    ...from(invoker, channel),
    kind: 'command',
    messageId: null,
    customId: null,
    name,
    data: (origin) => ({
      id: command.id,
      name: command.name,
      type: command.type,
      target_id: targetId,
      ...(command.guildId === null ? {} : { guild_id: command.guildId }),
      ...resolver.resolved(origin),
    }),
  });
}

export function from(
  { person, locale, clientId }: Invoker,
  channel: Channel,
): Pick<Interaction, 'userId' | 'locale' | 'clientId' | 'channelId' | 'guildId'> {
  return { userId: person.id, locale, clientId, channelId: channel.id, guildId: channel.guildId };
}

function findCommand(
  world: World,
  { person }: Invoker,
  channel: Channel,
  name: string,
  types: readonly ApplicationCommandType[],
): StoredCommand {
  const offered = visibleCommands(world, guildOf(world, channel), person.id);
  const command = offered.find((one) => one.name === name && types.includes(one.type));
  if (command === undefined) throw discordError('unknownCommand');
  return command;
}

/** The options of a command, or of the subcommand that the path names. */
function findLeaf(
  options: readonly APIApplicationCommandOption[],
  path: readonly string[],
): readonly APIApplicationCommandBasicOption[] {
  const [step, ...rest] = path;
  const nests = options.some(({ type }) => type === T.Subcommand || type === T.SubcommandGroup);
  if (step === undefined) {
    if (nests) throw new DiscordError(400, 50035, 'This command needs a subcommand.');
    return options as readonly APIApplicationCommandBasicOption[];
  }
  const next = options.find((one) => one.name === step);
  if (next?.type !== T.Subcommand && next?.type !== T.SubcommandGroup) throw discordError('unknownCommand');
  return findLeaf(next.options ?? [], rest);
}

function wrap(
  path: readonly string[],
  known: readonly APIApplicationCommandOption[],
  leaf: readonly SentOption[],
): readonly SentOption[] {
  const [step, ...rest] = path;
  const option = known.find((one) => one.name === step);
  if (option?.type !== T.Subcommand && option?.type !== T.SubcommandGroup) return leaf;
  return [{ name: option.name, type: option.type, options: wrap(rest, option.options ?? [], leaf) }];
}

function sentOptions(
  known: readonly APIApplicationCommandBasicOption[],
  values: OptionValues,
  check: OptionCheck,
): readonly SentOption[] {
  const unknown = Object.keys(values).find((name) => !known.some((option) => option.name === name));
  if (unknown !== undefined) throw new DiscordError(400, 50035, `There is no option "${unknown}".`);
  return known.flatMap((option): SentOption[] => {
    const isFocused = option.name === check.focused;
    const value = values[option.name] ?? (isFocused ? '' : undefined);
    if (value === undefined) {
      if (option.required === true && check.focused === null) {
        throw new DiscordError(400, 50035, `The option "${option.name}" is required.`);
      }
      return [];
    }
    if (isFocused) return [{ name: option.name, type: option.type, value: String(value), focused: true }];
    return [{ name: option.name, type: option.type, value: checkOption(option, value, check) }];
  });
}
