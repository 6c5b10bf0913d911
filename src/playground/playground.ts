import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyPluginAsync } from 'fastify';
import type { ServerEvent } from './client-protocol.ts';
import { CLIENT_PATHS } from './client-protocol.ts';
import { registerFileRoutes } from './client/file-routes.ts';
import { createClientSession, type ClientSession } from './client/session.ts';
import { createClientSockets } from './client/socket.ts';
import { createGateway, GATEWAY_PATH, gatewayUrl, type Gateway } from './gateway/gateway.ts';
import { isLocalRequest } from './own-host.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { callbackRoutes } from './rest/callback.ts';
import { commandRoutes } from './rest/commands.ts';
import { guildRoutes, selfRoutes } from './rest/guilds.ts';
import { messageRoutes } from './rest/messages.ts';
import { createRateLimits } from './rest/rate-limits.ts';
import { reactionRoutes } from './rest/reactions.ts';
import { registerRoutes, type RestRecord } from './rest/router.ts';
import { channelRoutes } from './rest/threads.ts';
import { webhookRoutes } from './rest/webhooks.ts';
import { BOUNDS, createWorld, randomToken, type World, type WorldOptions } from './state/world.ts';

export interface PlaygroundOptions extends Partial<WorldOptions> {
  /** The bot's token; random when absent. */
  readonly token?: string;
  /** Discord's 429s and the headers that avoid them. On by default. */
  readonly rateLimits?: boolean;
  readonly heartbeatIntervalMs?: number;
  /** For how long a bot whose socket broke still counts as online. */
  readonly reconnectGraceMs?: number;
  /** Hosts other than loopback names under which the server may be called. */
  readonly allowedHosts?: readonly string[];
  /** Hears of every request of the bot, once it is answered. */
  readonly onRequest?: (record: RestRecord) => void;
}

/** A local Discord: what a bot and people's clients connect to. */
export interface Playground {
  /** Registers `/api/v10/*` and `/playground/*` on any Fastify server, gateway and client socket included. */
  readonly plugin: FastifyPluginAsync;
  readonly token: string;
  readonly applicationId: string;
  /** For discord.js: `rest: { api: restApi(origin), version: '10' }`, where origin is `http://host:port`. */
  restApi(origin: string): string;
  readonly world: World;
  readonly gateway: Pick<Gateway, 'disturb'>;
  /** A person's client in this process. */
  openClient(send: (event: ServerEvent) => void): ClientSession;
  /** Ends all sockets; closing the Fastify server does it too. */
  close(): void;
}

const DEFAULTS: WorldOptions = {
  guilds: [{ name: 'Playground', channels: ['general', 'help'] }],
  botName: 'NescordBot',
  people: {
    member: { username: 'mika', displayName: 'Mika' },
    moderator: { username: 'morgan', displayName: 'Morgan' },
    operator: { username: 'olivia', displayName: 'Olivia' },
  },
  clock: Date.now,
  acknowledgeWithinMs: 3_000,
  tokenLifeMs: 15 * 60_000,
  messageContent: true,
  totalFileBytes: BOUNDS.totalFileBytes,
};

export function createPlayground(options: PlaygroundOptions = {}): Playground {
  const { allowedHosts = [], rateLimits = true, heartbeatIntervalMs = 41_250, reconnectGraceMs = 5_000 } = options;
  const world = createWorld({ ...DEFAULTS, ...options });
  const token =
    options.token ?? `${Buffer.from(world.bot.id).toString('base64url')}.${randomToken(4)}.${randomToken(28)}`;
  const gateway = createGateway(world, { token, heartbeatIntervalMs, graceMs: reconnectGraceMs });
  let onDefect: (error: unknown) => void = () => undefined;
  const clients = createClientSockets(world, (error) => onDefect(error));
  const routes = [
    ...selfRoutes(world, gatewayUrl),
    ...guildRoutes(world),
    ...commandRoutes(world),
    ...channelRoutes(world),
    ...messageRoutes(world),
    ...reactionRoutes(world),
    ...callbackRoutes(world),
    ...webhookRoutes(world),
  ];
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const path = request.url?.split('?')[0];
    if (!isLocalRequest(request, allowedHosts)) {
      refuseUpgrade(socket, '403 Forbidden');
    } else if (path !== GATEWAY_PATH && path !== CLIENT_PATHS.socket) {
      // Whoever listens for upgrades must end those that it does not take: the server leaves them open for ever.
      refuseUpgrade(socket, '404 Not Found');
    } else if (path === GATEWAY_PATH) {
      gateway.upgrade(request, socket, head, `http://${request.headers.host}`);
    } else {
      clients.upgrade(request, socket, head);
    }
  };
  const close = (): void => {
    gateway.close();
    clients.close();
  };
  const plugin: FastifyPluginAsync = async (fastify) => {
    onDefect = (error) => fastify.log.error(error);
    fastify.addHook('onRequest', async (request, reply) => {
      if (!isLocalRequest(request.raw, allowedHosts))
        await reply.code(403).send({ message: '403: Forbidden', code: 0 });
    });
    await fastify.register(multipart);
    await fastify.register(
      (scope, _options, done) => {
        const limits = createRateLimits(world.now, rateLimits);
        registerRoutes(scope, routes, { token, limits, onRequest: options.onRequest ?? (() => undefined) });
        done();
      },
      { prefix: '/api/v10' },
    );
    registerFileRoutes(fastify, world);
    fastify.server.on('upgrade', upgrade);
    fastify.addHook('preClose', async () => close());
  };
  return {
    plugin,
    token,
    applicationId: world.applicationId,
    restApi: (origin) => `${origin}/api`,
    world,
    gateway,
    openClient: (send) => createClientSession(world, send),
    close,
  };
}
