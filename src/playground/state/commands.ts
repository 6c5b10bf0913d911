import { ApplicationCommandType } from 'discord-api-types/v10';
import type { APIApplicationCommand, APIApplicationCommandOption, LocalizationMap } from 'discord-api-types/v10';
import { discordError } from '../discord-error.ts';
import { isObject, textOf, type Json } from '../limits/form.ts';
import type { Guild, StoredCommand } from './model.ts';
import { guildPermissions } from './permissions.ts';
import { PermissionFlagsBits as P } from 'discord-api-types/v10';
import type { World } from './world.ts';

const TYPES = [ApplicationCommandType.ChatInput, ApplicationCommandType.User, ApplicationCommandType.Message] as const;

function typeOf(body: Json): ApplicationCommandType {
  return TYPES.find((type) => type === body['type']) ?? ApplicationCommandType.ChatInput;
}

const LIMITS: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15 };

export function commandsOf(world: World, guildId: string | null): StoredCommand[] {
  return world.commands.get(guildId ?? '') ?? [];
}

/** Adds the commands; one of the same type and name is replaced and keeps its id. */
export function putCommands(
  world: World,
  guildId: string | null,
  bodies: readonly Json[],
  replaceAll: boolean,
): StoredCommand[] {
  const before = commandsOf(world, guildId);
  const made = bodies.map((body) => {
    const type = typeOf(body);
    const same = before.find((one) => one.type === type && one.name === body['name']);
    return readCommand(world, guildId, body, same?.id ?? world.nextId());
  });
  const kept = replaceAll ? [] : before.filter((one) => !made.some((two) => two.id === one.id));
  const after = [...kept, ...made];
  for (const type of TYPES) {
    if (after.filter((one) => one.type === type).length > (LIMITS[type] ?? 0)) throw discordError('tooManyCommands');
  }
  setCommands(world, guildId, after);
  return made;
}

export function patchCommand(world: World, guildId: string | null, id: string, body: Json): StoredCommand {
  const before = commandById(world, guildId, id);
  const after = readCommand(
    world,
    guildId,
    { ...(toApiCommand(world, before) as unknown as Json), ...body, type: before.type },
    id,
  );
  setCommands(
    world,
    guildId,
    commandsOf(world, guildId).map((one) => (one.id === id ? after : one)),
  );
  return after;
}

export function deleteCommand(world: World, guildId: string | null, id: string): void {
  commandById(world, guildId, id);
  setCommands(
    world,
    guildId,
    commandsOf(world, guildId).filter((one) => one.id !== id),
  );
}

export function commandById(world: World, guildId: string | null, id: string): StoredCommand {
  const command = commandsOf(world, guildId).find((one) => one.id === id);
  if (command === undefined) throw discordError('unknownCommand');
  return command;
}

/** What a person is offered in a guild, or in direct messages: what is there for everyone first, as the bot lists it. */
export function visibleCommands(world: World, guild: Guild | null, userId: string): StoredCommand[] {
  if (guild === null) return commandsOf(world, null).filter((one) => one.contexts === null || one.contexts.includes(1));
  if (!guild.botPresent) return [];
  const permissions = guildPermissions(guild, userId);
  const isAllowed = ({ defaultMemberPermissions: needed }: StoredCommand): boolean => {
    if (needed === null || (permissions & P.Administrator) !== 0n) return true;
    return needed !== '0' && (permissions & BigInt(needed)) === BigInt(needed);
  };
  return commandsIn(world, guild).filter(isAllowed);
}

/** All that the bot has in a guild, whoever may see it. */
export function commandsIn(world: World, guild: Guild): StoredCommand[] {
  const global = commandsOf(world, null).filter((one) => one.contexts === null || one.contexts.includes(0));
  return [...global, ...commandsOf(world, guild.id)];
}

function setCommands(world: World, guildId: string | null, commands: StoredCommand[]): void {
  world.commands.set(guildId ?? '', commands);
  world.bus.emit({ kind: 'commandsChanged', guildId });
}

function readCommand(world: World, guildId: string | null, body: Json, id: string): StoredCommand {
  const permissions = body['default_member_permissions'];
  const localised = (value: unknown): LocalizationMap | null => (isObject(value) ? value : null);
  return {
    id,
    guildId,
    type: typeOf(body),
    name: textOf(body['name']),
    description: textOf(body['description']),
    nameLocalizations: localised(body['name_localizations']),
    descriptionLocalizations: localised(body['description_localizations']),
    options: (body['options'] ?? []) as APIApplicationCommandOption[],
    defaultMemberPermissions: permissions === undefined || permissions === null ? null : textOf(permissions),
    contexts: readContexts(body, guildId),
    integrationTypes: (body['integration_types'] as number[] | undefined) ?? [0],
    nsfw: body['nsfw'] === true,
    version: world.nextId(),
  };
}

function readContexts(body: Json, guildId: string | null): readonly number[] | null {
  if (guildId !== null) return null;
  if (Array.isArray(body['contexts'])) return body['contexts'] as number[];
  return body['dm_permission'] === false ? [0] : null;
}

export function toApiCommand(world: World, command: StoredCommand): APIApplicationCommand {
  return {
    id: command.id,
    application_id: world.applicationId,
    type: command.type,
    name: command.name,
    name_localizations: command.nameLocalizations,
    description: command.description,
    description_localizations: command.descriptionLocalizations,
    ...(command.options.length === 0 ? {} : { options: [...command.options] }),
    default_member_permissions: command.defaultMemberPermissions,
    ...(command.guildId === null
      ? {
          dm_permission: command.contexts?.includes(1) ?? true,
          // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- checked when it came in
          contexts: command.contexts === null ? null : [...command.contexts],
        }
      : { guild_id: command.guildId }),
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- checked when it came in
    integration_types: [...command.integrationTypes],
    nsfw: command.nsfw,
    version: command.version,
  };
}
