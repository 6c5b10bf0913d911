import { createHash } from 'node:crypto';
import {
  ApplicationIntegrationType,
  InteractionContextType,
  Routes,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord-api-types/v10';
import type { REST } from 'discord.js';
import { counted } from '../counted.ts';
import type { SettingsStore } from '../knowledge/ports.ts';
import type { Log } from '../log.ts';
import type { Command } from './command.ts';
import { isGone } from './failures.ts';

export interface RegistrationParts {
  readonly rest: Pick<REST, 'get' | 'put'>;
  readonly settings: SettingsStore;
  readonly commands: readonly Command[];
  /** Hidden from people without Manage Server; false where roles or user ids give access besides. */
  readonly hidden: { readonly moderator: boolean; readonly operator: boolean };
  readonly log: Log;
}

type Definition = RESTPostAPIApplicationCommandsJSONBody;

const MANAGE_SERVER = String(1 << 5);
const ADMINISTRATORS_ALONE = '0';
// Knowledge belongs to a server, so there is nothing to use in direct messages.
const IN_GUILDS = {
  contexts: [InteractionContextType.Guild],
  integration_types: [ApplicationIntegrationType.GuildInstall],
};
const SETTING = 'discord.commands';
const GLOBAL = 'global';

const hiddenDefinition = ({ data }: Command, shownTo: string): Definition => ({
  ...data,
  ...IN_GUILDS,
  default_member_permissions: shownTo,
});

/**
 * Uploads the commands where they differ from what was uploaded last, or from what Discord has: everyone's and
 * moderators' for all guilds at once, operators' guild by guild, as the application's owner is an operator in each.
 * Uploading takes a while to reach people, and is counted.
 */
export function createRegistration({ rest, settings, commands, hidden, log }: RegistrationParts) {
  const everywhere = commands.filter(({ access }) => access !== 'operator').map(definitionOf);
  const operators = commands.filter(({ access }) => access === 'operator');
  const atHome = operators.map(definitionOf);
  // The moderators there are no operators: only the application's owner is, and those who were listed.
  const elsewhere = operators.map((command) => hiddenDefinition(command, ADMINISTRATORS_ALONE));

  function definitionOf(command: Command): Definition {
    const { data, access } = command;
    return access !== 'everyone' && hidden[access]
      ? hiddenDefinition(command, MANAGE_SERVER)
      : { ...data, ...IN_GUILDS };
  }

  /** Each place has its own last upload; `scope` is the guild, or `global`. */
  async function put(
    route: `/${string}`,
    scope: string,
    key: string,
    definitions: readonly Definition[],
  ): Promise<void> {
    const hash = createHash('sha256').update(JSON.stringify(definitions)).digest('hex');
    const before = settings.setting(scope, key);
    const there = ((await rest.get(route)) as { name: string }[]).map(({ name }) => name).sort();
    const names = definitions.map(({ name }) => name).sort();
    const which = `${counted(names.length, 'command')} for ${scope === GLOBAL ? 'all servers' : `operators in server ${scope}`}`;
    if (before === hash && there.join('\n') === names.join('\n')) return log.info(`Discord has the ${which}`);
    await rest.put(route, { body: definitions });
    settings.saveSetting(scope, key, hash);
    const why =
      before === undefined
        ? 'for the first time'
        : before === hash
          ? 'because Discord did not have them'
          : 'because the definitions changed';
    log.info(`Uploaded ${which} to Discord, ${why}`);
  }

  return async function register(
    applicationId: string,
    homeGuildId: string | null,
    guildIds: readonly string[],
  ): Promise<void> {
    const key = `${SETTING}.${applicationId}`;
    await put(Routes.applicationCommands(applicationId), GLOBAL, key, everywhere);
    const homeFirst = guildIds.toSorted((a, b) => Number(b === homeGuildId) - Number(a === homeGuildId));
    for (const guildId of homeFirst) {
      try {
        const route = Routes.applicationGuildCommands(applicationId, guildId);
        await put(route, guildId, key, guildId === homeGuildId ? atHome : elsewhere);
      } catch (error) {
        if (!isGone(error)) throw error; // we left that guild, and its commands with it
      }
    }
  };
}
