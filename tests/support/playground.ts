import type { TestContext } from 'node:test';
import Fastify from 'fastify';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { toClientMessage } from '../../src/playground/client/views.ts';
import { createPlayground } from '../../src/playground/playground.ts';
import { deleteMessage } from '../../src/playground/state/messages.ts';
import type { World } from '../../src/playground/state/world.ts';
import { discordRequestChecker } from './discord-openapi.ts';
import { createTestPerson } from './playground-person.ts';
import type { TestDiscord, TestDiscordOptions, TestRequest } from './playground-types.ts';

export type * from './playground-types.ts';

const MAX_REQUESTS = 10_000;
const GOODBYE_MS = 2_000;
const WAIT_MS = 30_000;

/** A local Discord on a free loopback port, closed when the test ends. */
export async function openTestDiscord(t: TestContext, options: TestDiscordOptions = {}): Promise<TestDiscord> {
  const { guilds: names = ['Test Server'], ...more } = options;
  const requests: TestRequest[] = [];
  const violations: string[] = [];
  const check = discordRequestChecker();
  const playground = createPlayground({
    acknowledgeWithinMs: WAIT_MS, // Discord's three seconds are kept in the benchmarks, not on a machine that is busy with tests
    ...more,
    guilds: names.map((name) => ({ name, channels: ['general', 'help'] })),
    onRequest(record) {
      requests.push(record);
      if (requests.length > MAX_REQUESTS) requests.shift();
      if (record.status === 500) violations.push(`${record.method} ${record.path}: the playground itself failed`);
      const violation = record.status < 300 ? (check?.(record) ?? null) : null;
      if (violation !== null) violations.push(violation);
    },
  });
  const { world } = playground;
  const pinging = collectPings(world);
  const fastify = Fastify({ logger: { level: 'error' } });
  let failing: ((method: string, path: string) => boolean) | null = null;
  fastify.addHook('onRequest', async (request, reply) => {
    const path = /^\/api\/v10(\/.*)/.exec(request.url)?.[1];
    if (path !== undefined && failing?.(request.method, path) === true)
      await reply.code(503).send({ message: '503: Service Unavailable', code: 0 });
  });
  await fastify.register(playground.plugin);
  const origin = await fastify.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => {
    void closeAfterBots(world, () => playground.gateway.disturb('end')).then(() => fastify.close());
    if (violations.length > 0) throw new Error(`Discord would refuse:\n${violations.join('\n')}`);
  });

  const guilds = [...world.guilds.values()].map(({ id }) => ({ id, channelIds: textChannels(world, id) }));
  const [home] = guilds;
  const channelId = home?.channelIds[0];
  if (home === undefined || channelId === undefined) throw new Error('A test needs at least one guild.');
  const { member, moderator, operator } = world.personas;
  const setOverwrite = (id: string, deny: bigint): void => {
    const channel = world.channels.get(id);
    if (channel === undefined) throw new Error(`There is no channel ${id}.`);
    channel.overwrites = deny === 0n ? [] : [{ id: world.bot.id, kind: 'member', allow: 0n, deny }];
    world.bus.emit({ kind: 'channelUpdated', channel });
  };
  return {
    origin,
    restApi: playground.restApi(origin),
    token: playground.token,
    applicationId: playground.applicationId,
    botUserId: world.bot.id,
    guildId: home.id,
    channelId,
    guilds,
    userIds: { member: member.id, moderator: moderator.id, operator: operator.id },
    moderatorRoleId: world.guilds.get(home.id)?.memberRoles.get(moderator.id)?.[0] ?? '',
    grantModerators(permissions) {
      for (const guild of world.guilds.values()) {
        const ids = guild.memberRoles.get(moderator.id) ?? [];
        for (const role of guild.roles) if (ids.includes(role.id)) role.permissions |= permissions;
      }
    },
    as(persona, { locale = 'en', guildId = home.id } = {}) {
      const first = textChannels(world, guildId)[0];
      if (first === undefined) throw new Error(`There is no guild ${guildId}.`);
      return createTestPerson({
        open: (send) => playground.openClient(send),
        origin,
        persona,
        userId: world.personas[persona].id,
        locale,
        guildId,
        channelId: first,
      });
    },
    botOnline: (timeoutMs = WAIT_MS) => untilPresence(world, true, timeoutMs),
    botOffline: (timeoutMs = WAIT_MS) => untilPresence(world, false, timeoutMs),
    requests,
    violations,
    pingingMessages: () => [...pinging.values()],
    disturbGateway: (how) => playground.gateway.disturb(how),
    removeBotFrom(guildId) {
      const guild = world.guilds.get(guildId);
      if (guild === undefined) throw new Error(`There is no guild ${guildId}.`);
      guild.botPresent = false;
      world.commands.delete(guildId);
      world.bus.emit({ kind: 'botRemoved', guild });
    },
    addBotTo(guildId) {
      const guild = world.guilds.get(guildId);
      if (guild === undefined) throw new Error(`There is no guild ${guildId}.`);
      guild.botPresent = true;
      world.bus.emit({ kind: 'botAdded', guild });
    },
    denyBot: setOverwrite,
    failRest: (rule) => void (failing = rule),
    deleteMessage(inChannel, messageId) {
      const channel = world.channels.get(inChannel);
      const message = channel?.messages.get(messageId);
      if (channel === undefined || message === undefined) throw new Error(`There is no message ${messageId}.`);
      deleteMessage(world, channel, message);
    },
  };
}

function textChannels(world: World, guildId: string): readonly string[] {
  const channels = [...world.channels.values()].filter((one) => one.guildId === guildId && one.kind === 'text');
  return channels.map(({ id }) => id);
}

/** The bot's messages that ever notified anyone, deleted ones included. */
function collectPings(world: World): ReadonlyMap<string, ClientMessage> {
  const found = new Map<string, ClientMessage>();
  world.bus.listen((event) => {
    if (event.kind !== 'messageCreated' && event.kind !== 'messageUpdated') return;
    const { message } = event;
    const { everyone, userIds, roleIds } = message.pings;
    if (message.authorId !== world.bot.id || !(everyone || userIds.length + roleIds.length > 0)) return;
    found.set(message.id, toClientMessage(world, message, { person: world.personas.operator, locale: 'en' }));
  });
  return found;
}

/**
 * Hooks run in the order of their registration, so the bot closes after this one. It must say goodbye to a living
 * server: discord.js goes on for ever trying to reconnect to one that is gone.
 */
async function closeAfterBots(world: World, end: () => void): Promise<void> {
  await untilPresence(world, false, GOODBYE_MS).catch(end);
}

function untilPresence(world: World, online: boolean, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (world.botOnline === online) resolve();
  const timer = setTimeout(
    () => reject(new Error(`The bot did not become ${online ? 'online' : 'offline'} within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  const stop = world.bus.listen((event) => {
    if (event.kind === 'botPresence' && event.online === online) resolve();
  });
  return promise.finally(() => {
    clearTimeout(timer);
    stop();
  });
}
