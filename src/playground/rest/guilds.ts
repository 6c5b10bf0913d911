import { ApplicationFlags } from 'discord-api-types/v10';
import { discordError } from '../discord-error.ts';
import { isObject } from '../limits/form.ts';
import { toApiChannel } from '../payload/channel.ts';
import { toApiGuild } from '../payload/guild.ts';
import { toApiMember, toApiRole, toApiUser } from '../payload/user.ts';
import { guildOfBot } from '../state/access.ts';
import { openDm } from '../state/channels.ts';
import { guildPermissions } from '../state/permissions.ts';
import { personById, type World } from '../state/world.ts';
import type { RestCall, RestRoute } from './router.ts';

/** Guilds, their members and roles. */
export function guildRoutes(world: World): RestRoute[] {
  const guildOf = ({ params }: RestCall) => guildOfBot(world, params['guild_id'] ?? '');
  const get = (path: string, read: (call: RestCall) => unknown): RestRoute => ({
    method: 'GET',
    path,
    run: (call) => ({ status: 200, body: read(call) }),
  });
  return [
    get('/guilds/:guild_id', (call) => toApiGuild(world, guildOf(call))),
    get('/guilds/:guild_id/channels', (call) => {
      const { id } = guildOf(call);
      const channels = [...world.channels.values()].filter((one) => one.guildId === id && one.kind === 'text');
      return channels.map((one) => toApiChannel(world, one));
    }),
    get('/guilds/:guild_id/roles', (call) => guildOf(call).roles.map((role) => toApiRole(role, world.bot.id))),
    get('/guilds/:guild_id/members/:user_id', (call) => {
      const guild = guildOf(call);
      const person = world.people.get(call.params['user_id'] ?? '');
      if (person === undefined || !guild.memberRoles.has(person.id)) throw discordError('unknownMember');
      return toApiMember(guild, person);
    }),
    get('/users/@me/guilds', () =>
      [...world.guilds.values()]
        .filter((guild) => guild.botPresent)
        .map((guild) => ({
          id: guild.id,
          name: guild.name,
          icon: null,
          banner: null,
          owner: false,
          permissions: guildPermissions(guild, world.bot.id).toString(),
          features: [],
        })),
    ),
    {
      method: 'DELETE',
      path: '/users/@me/guilds/:guild_id',
      run(call) {
        const guild = guildOf(call);
        guild.botPresent = false;
        world.commands.delete(guild.id);
        world.bus.emit({ kind: 'botRemoved', guild });
        return { status: 204 };
      },
    },
  ];
}

/** The bot itself, its application and gateway, other users and direct messages. */
export function selfRoutes(world: World, gatewayUrl: (origin: string) => string): RestRoute[] {
  const session_start_limit = { total: 1_000, remaining: 1_000, reset_after: 0, max_concurrency: 1 };
  const application = (): unknown => ({
    id: world.applicationId,
    name: world.bot.displayName,
    icon: null,
    description: '',
    summary: '',
    type: null,
    bot_public: false,
    bot_require_code_grant: false,
    owner: toApiUser(world.personas.operator),
    team: null,
    verify_key: '0'.repeat(64),
    flags: world.options.messageContent ? ApplicationFlags.GatewayMessageContentLimited : 0,
    bot: toApiUser(world.bot),
    approximate_guild_count: world.guilds.size,
    approximate_user_install_count: 0,
  });
  return [
    {
      method: 'GET',
      path: '/gateway',
      open: true,
      run: ({ origin }) => ({ status: 200, body: { url: gatewayUrl(origin) } }),
    },
    {
      method: 'GET',
      path: '/gateway/bot',
      run: ({ origin }) => ({ status: 200, body: { url: gatewayUrl(origin), shards: 1, session_start_limit } }),
    },
    { method: 'GET', path: '/users/@me', run: () => ({ status: 200, body: toApiUser(world.bot) }) },
    {
      method: 'GET',
      path: '/users/:user_id',
      run: ({ params }) => ({ status: 200, body: toApiUser(personById(world, params['user_id'] ?? '')) }),
    },
    { method: 'GET', path: '/applications/@me', run: () => ({ status: 200, body: application() }) },
    { method: 'GET', path: '/oauth2/applications/@me', run: () => ({ status: 200, body: application() }) },
    {
      method: 'POST',
      path: '/users/@me/channels',
      run({ body }) {
        const channel = openDm(world, isObject(body) ? String(body['recipient_id']) : '');
        return { status: 200, body: toApiChannel(world, channel) };
      },
    },
  ];
}
