import { randomBytes } from 'node:crypto';
import { discordError } from '../discord-error.ts';
import type { PersonaName } from '../client-state.ts';
import { createBus, type Bus } from './events.ts';
import { createFileStore, type FileStore } from './files.ts';
import { createIds } from './ids.ts';
import type { Channel, Guild, Interaction, OpenModal, Person, Role, StoredCommand } from './model.ts';
import { EVERYONE_PERMISSIONS, MODERATOR_PERMISSIONS } from './permissions.ts';

/** Nothing here grows without end: beyond these, the oldest goes. */
export const BOUNDS = {
  messagesPerChannel: 1_000,
  threadsPerGuild: 200,
  interactions: 5_000,
  modals: 100,
  totalFileBytes: 200 * 1024 * 1024,
} as const;

export interface WorldOptions {
  readonly guilds: readonly { readonly name: string; readonly channels: readonly string[] }[];
  readonly botName: string;
  readonly people: Readonly<Record<PersonaName, { readonly username: string; readonly displayName: string }>>;
  readonly clock: () => number;
  /** When the guilds and people came to be; a fixed day gives them the same ids in every run. */
  readonly foundedAtMs?: number;
  readonly acknowledgeWithinMs: number;
  readonly tokenLifeMs: number;
  /** Whether the application may ask for message contents. */
  readonly messageContent: boolean;
  readonly totalFileBytes: number;
}

/** Everything this Discord knows, in memory: it outlives the bot's process, not its own. */
export interface World {
  readonly options: WorldOptions;
  readonly applicationId: string;
  readonly bot: Person;
  readonly people: ReadonlyMap<string, Person>;
  readonly personas: Readonly<Record<PersonaName, Person>>;
  readonly guilds: ReadonlyMap<string, Guild>;
  readonly channels: Map<string, Channel>;
  /** Global commands under ''; a guild's own under its id. */
  readonly commands: Map<string, StoredCommand[]>;
  readonly interactions: Map<string, Interaction>;
  readonly modals: Map<string, OpenModal>;
  readonly files: FileStore;
  readonly bus: Bus;
  readonly nextId: () => string;
  readonly now: () => number;
  botOnline: boolean;
}

export function createWorld(options: WorldOptions): World {
  const foundedAtMs = options.foundedAtMs ?? options.clock();
  let founded = false;
  const nextId = createIds(() => (founded ? options.clock() : foundedAtMs));
  const person = (names: { username: string; displayName: string }, persona: PersonaName | null): Person => ({
    id: nextId(),
    ...names,
    bot: persona === null,
    persona,
  });
  const bot = person({ username: options.botName, displayName: options.botName }, null);
  const personas = {
    member: person(options.people.member, 'member'),
    moderator: person(options.people.moderator, 'moderator'),
    operator: person(options.people.operator, 'operator'),
  };
  const channels = new Map<string, Channel>();
  const guilds = new Map<string, Guild>();
  for (const { name, channels: names } of options.guilds) {
    const guild = createGuild(name, bot, personas, nextId, foundedAtMs);
    guilds.set(guild.id, guild);
    for (const channelName of names) {
      const channel = newChannel(nextId(), foundedAtMs, { guildId: guild.id, kind: 'text', name: channelName });
      channels.set(channel.id, channel);
    }
  }
  founded = true;
  return {
    options,
    applicationId: bot.id,
    bot,
    people: new Map([bot, ...Object.values(personas)].map((one) => [one.id, one])),
    personas,
    guilds,
    channels,
    commands: new Map(),
    interactions: new Map(),
    modals: new Map(),
    files: createFileStore(nextId, options.totalFileBytes),
    bus: createBus(),
    nextId,
    now: options.clock,
    botOnline: false,
  };
}

/** The operator owns the guild and the application; the moderator has a role with Manage Server, as the bot asks of one. */
function createGuild(
  name: string,
  bot: Person,
  personas: Readonly<Record<PersonaName, Person>>,
  nextId: () => string,
  createdAtMs: number,
): Guild {
  const id = nextId();
  const role = (roleId: string, more: Partial<Role> & { name: string }): Role => ({
    id: roleId,
    color: 0,
    position: 0,
    permissions: 0n,
    managed: false,
    ...more,
  });
  const everyone = role(id, { name: '@everyone', permissions: EVERYONE_PERMISSIONS });
  const ofBot = role(nextId(), { name: bot.username, position: 1, managed: true });
  const moderators = role(nextId(), {
    name: 'Moderator',
    position: 2,
    color: 0x2ecc71,
    permissions: MODERATOR_PERMISSIONS,
  });
  return {
    id,
    name,
    ownerId: personas.operator.id,
    createdAtMs,
    roles: [everyone, ofBot, moderators],
    memberRoles: new Map([
      [bot.id, [ofBot.id]],
      [personas.member.id, []],
      [personas.moderator.id, [moderators.id]],
      [personas.operator.id, []],
    ]),
    botPresent: true,
  };
}

export function newChannel(
  id: string,
  createdAtMs: number,
  known: Pick<Channel, 'guildId' | 'kind' | 'name'> & Partial<Channel>,
): Channel {
  return {
    id,
    topic: '',
    parentId: null,
    starterMessageId: null,
    ownerId: null,
    recipientId: null,
    createdAtMs,
    archived: false,
    messageCount: 0,
    overwrites: [],
    messages: new Map(),
    ...known,
  };
}

export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

export function guildOf(world: World, channel: Channel): Guild | null {
  return channel.guildId === null ? null : (world.guilds.get(channel.guildId) ?? null);
}

export function personById(world: World, id: string): Person {
  const person = world.people.get(id);
  if (person === undefined) throw discordError('unknownUser');
  return person;
}

/** Drops the oldest entries of a map that is in order of age. */
export function keepNewest<V>(map: Map<string, V>, limit: number): V[] {
  const dropped: V[] = [];
  for (const [id, value] of map) {
    if (map.size <= limit) break;
    map.delete(id);
    dropped.push(value);
  }
  return dropped;
}
