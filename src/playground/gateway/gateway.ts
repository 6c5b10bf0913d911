import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayCloseCodes, GatewayDispatchEvents, GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import { WebSocketServer, type WebSocket } from 'ws';
import { toGuildCreate } from '../payload/guild.ts';
import { toApiUser } from '../payload/user.ts';
import { refuseUpgrade } from '../refuse-upgrade.ts';
import { keepNewest, type World } from '../state/world.ts';
import { serveGatewaySocket } from './connection.ts';
import { toDispatches } from './dispatches.ts';
import { createGatewaySession, type GatewaySession } from './session.ts';

export const GATEWAY_PATH = '/playground/gateway';
const MAX_SESSIONS = 10;

export interface Gateway {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, origin: string): void;
  /**
   * `cut` drops the sockets, `reconnect` and `invalid` send opcodes 7 and 9, `forget` makes resuming impossible,
   * `end` closes with a code after which no bot comes back (4004).
   */
  disturb(how: 'cut' | 'reconnect' | 'invalid' | 'forget' | 'end'): void;
  close(): void;
}

export interface GatewayOptions {
  readonly token: string;
  readonly heartbeatIntervalMs: number;
  /** For how long a bot whose socket broke still counts as online, as it may resume. */
  readonly graceMs: number;
}

export function createGateway(world: World, options: GatewayOptions): Gateway {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  sockets.on('wsClientError', (_error, socket) => refuseUpgrade(socket, '400 Bad Request'));
  const sessions = new Map<string, GatewaySession>();
  const stopListening = world.bus.listen((event) => {
    for (const session of sessions.values()) {
      for (const dispatch of toDispatches(world, event, session)) session.dispatch(dispatch);
    }
  });
  const isConnected = (): boolean => [...sessions.values()].some((session) => session.socket !== null);
  const setOnline = (online: boolean): void => {
    if (world.botOnline === online) return;
    world.botOnline = online;
    world.bus.emit({ kind: 'botPresence', online });
  };
  const identify = (socket: WebSocket, intents: number, origin: string): GatewaySession => {
    const session = createGatewaySession({ intents, origin }, socket);
    sessions.set(session.id, session);
    keepNewest(sessions, MAX_SESSIONS);
    const guilds = [...world.guilds.values()].filter((guild) => guild.botPresent);
    session.dispatch({
      t: GatewayDispatchEvents.Ready,
      d: {
        v: 10,
        user: { ...toApiUser(world.bot), verified: true, mfa_enabled: false, email: null, flags: 0 },
        guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
        session_id: session.id,
        resume_gateway_url: gatewayUrl(origin),
        shard: [0, 1],
        application: { id: world.applicationId, flags: world.options.messageContent ? 1 << 19 : 0 },
      },
    });
    if ((intents & GatewayIntentBits.Guilds) !== 0) {
      for (const guild of guilds) {
        session.dispatch({ t: GatewayDispatchEvents.GuildCreate, d: toGuildCreate(world, guild, false) });
      }
    }
    setOnline(true);
    return session;
  };
  const onClose = (session: GatewaySession, code: number): void => {
    // A bot that says goodbye (1000, 1001) cannot resume; one that vanished may come back.
    const saidGoodbye = code === 1000 || code === 1001;
    if (saidGoodbye) sessions.delete(session.id);
    if (isConnected()) return;
    if (saidGoodbye) setOnline(false);
    else setTimeout(() => isConnected() || setOnline(false), options.graceMs).unref();
  };
  return {
    upgrade(request, socket, head, origin) {
      sockets.handleUpgrade(request, socket, head, (webSocket) =>
        serveGatewaySocket(webSocket, {
          token: options.token,
          heartbeatIntervalMs: options.heartbeatIntervalMs,
          mayReadContent: world.options.messageContent,
          identify: (accepted, intents) => identify(accepted, intents, origin),
          sessionById: (id) => sessions.get(id),
          onClose,
          onResume: () => setOnline(true),
        }),
      );
    },
    disturb(how) {
      const connected = [...sessions.values()].flatMap(({ socket }) => socket ?? []);
      if (how === 'forget') sessions.clear();
      for (const socket of connected) {
        if (how === 'reconnect') socket.send(JSON.stringify({ op: GatewayOpcodes.Reconnect, d: null }));
        else if (how === 'invalid') socket.send(JSON.stringify({ op: GatewayOpcodes.InvalidSession, d: false }));
        else if (how === 'end') socket.close(GatewayCloseCodes.AuthenticationFailed, 'This Discord is closing.');
        else socket.terminate();
      }
    },
    close() {
      stopListening();
      for (const socket of sockets.clients) {
        socket.close(GatewayCloseCodes.UnknownError, 'Shutting down.');
        socket.terminate();
      }
      sockets.close();
    },
  };
}

export function gatewayUrl(origin: string): string {
  return `${origin.replace(/^http/, 'ws')}${GATEWAY_PATH}`;
}
