import { createHash } from 'node:crypto';
import {
  ApplicationIntegrationType,
  InteractionContextType,
  Routes,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord-api-types/v10';
import type { REST } from 'discord.js';
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
// Knowledge belongs to a server, so there is nothing to use in direct messages.
const IN_GUILDS = {
  contexts: [InteractionContextType.Guild],
  integration_types: [ApplicationIntegrationType.GuildInstall],
};
const SETTING = 'discord.commands';

/**
 * Uploads the commands where they differ from what was uploaded last, or from what Discord has: everyone's and
 * moderators' everywhere, operators' in the home guild alone. Uploading takes a while to reach people, and is counted.
 */
export function createRegistration({ rest, settings, commands, hidden, log }: RegistrationParts) {
  const everywhere = commands.filter(({ access }) => access !== 'operator').map(definitionOf);
  const atHome = commands.filter(({ access }) => access === 'operator').map(definitionOf);

  function definitionOf({ data, access }: Command): Definition {
    const base = { ...data, ...IN_GUILDS } satisfies Definition;
    const hide = access !== 'everyone' && hidden[access];
    return hide ? { ...base, default_member_permissions: MANAGE_SERVER } : base;
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
    if (before === hash && there.join('\n') === names.join('\n')) {
      return log.info('Commands are up to date', { scope, commands: names.length });
    }
    await rest.put(route, { body: definitions });
    settings.saveSetting(scope, key, hash);
    log.info('Commands uploaded, because the definitions changed', { scope, commands: names.length });
  }

  return async function register(applicationId: string, homeGuildId: string | null): Promise<void> {
    const key = `${SETTING}.${applicationId}`;
    await put(Routes.applicationCommands(applicationId), 'global', key, everywhere);
    const home = settings.setting('global', `${key}.home`);
    if (typeof home === 'string' && home !== homeGuildId) {
      try {
        await put(Routes.applicationGuildCommands(applicationId, home), home, key, []);
      } catch (error) {
        if (!isGone(error)) throw error; // we left that guild, and its commands with it
      }
    }
    if (homeGuildId === null) {
      if (atHome.length > 0) log.warn("No home server is known (HOME_GUILD_ID), so operators' commands are nowhere");
    } else if (atHome.length > 0 || home === homeGuildId) {
      await put(Routes.applicationGuildCommands(applicationId, homeGuildId), homeGuildId, key, atHome);
    }
    settings.saveSetting('global', `${key}.home`, homeGuildId);
  };
}
