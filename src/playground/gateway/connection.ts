import { GatewayCloseCodes as Close, GatewayIntentBits as I, GatewayOpcodes as Op } from 'discord-api-types/v10';
import type { WebSocket } from 'ws';
import { isObject, type Json } from '../limits/form.ts';
import type { GatewaySession } from './session.ts';

export interface ConnectionOptions {
  readonly token: string;
  readonly heartbeatIntervalMs: number;
  readonly mayReadContent: boolean;
  /** A new session, with READY sent. */
  readonly identify: (socket: WebSocket, intents: number) => GatewaySession;
  readonly sessionById: (id: string) => GatewaySession | undefined;
  readonly onClose: (session: GatewaySession, code: number) => void;
  readonly onResume: () => void;
}

const ALL_INTENTS = Object.values(I).reduce<number>((sum, bit) => (typeof bit === 'number' ? sum | bit : sum), 0);

/** Speaks the gateway's protocol on one socket: HELLO, identify or resume, heartbeats. */
export function serveGatewaySocket(socket: WebSocket, options: ConnectionOptions): void {
  let session: GatewaySession | null = null;
  const send = (op: Op, d: unknown): void => socket.send(JSON.stringify({ op, d, s: null, t: null }));
  const missed = setTimeout(
    () => socket.close(Close.SessionTimedOut, 'Session timed out.'),
    options.heartbeatIntervalMs * 2,
  );
  missed.unref();

  const identify = (d: Json): void => {
    if (session !== null) return socket.close(Close.AlreadyAuthenticated, 'Already authenticated.');
    if (d['token'] !== options.token) return socket.close(Close.AuthenticationFailed, 'Authentication failed.');
    const intents = Number(d['intents']);
    if (!Number.isInteger(intents) || (intents & ~ALL_INTENTS) !== 0)
      return socket.close(Close.InvalidIntents, 'Invalid intent(s).');
    const refused = I.GuildPresences | I.GuildMembers | (options.mayReadContent ? 0 : I.MessageContent);
    if ((intents & refused) !== 0) return socket.close(Close.DisallowedIntents, 'Disallowed intent(s).');
    const shard: unknown = d['shard'];
    if (Array.isArray(shard) && (shard[0] !== 0 || shard[1] !== 1))
      return socket.close(Close.InvalidShard, 'Invalid shard.');
    session = options.identify(socket, intents);
  };
  const resume = (d: Json): void => {
    if (d['token'] !== options.token) return socket.close(Close.AuthenticationFailed, 'Authentication failed.');
    const known = options.sessionById(String(d['session_id']));
    const before = known?.socket ?? null;
    if (known === undefined || !known.resume(socket, Number(d['seq']))) return send(Op.InvalidSession, false);
    session = known;
    if (before !== null && before !== socket) before.close(Close.UnknownError, 'Resumed elsewhere.');
    options.onResume();
  };

  socket.on('message', (data: Buffer) => {
    const frame = parseFrame(data);
    if (frame === null) return socket.close(Close.DecodeError, 'Error while decoding payload.');
    const d = isObject(frame['d']) ? frame['d'] : {};
    switch (frame['op']) {
      case Op.Heartbeat:
        missed.refresh();
        return send(Op.HeartbeatAck, null);
      case Op.Identify:
        return identify(d);
      case Op.Resume:
        return resume(d);
      case Op.PresenceUpdate:
      case Op.VoiceStateUpdate:
      case Op.RequestGuildMembers:
        return session === null ? socket.close(Close.NotAuthenticated, 'Not authenticated.') : undefined;
      default:
        return socket.close(Close.UnknownOpcode, 'Unknown opcode.');
    }
  });
  socket.on('close', (code) => {
    clearTimeout(missed);
    if (session === null || session.socket !== socket) return;
    session.detach();
    options.onClose(session, code);
  });
  socket.on('error', () => socket.terminate());
  send(Op.Hello, { heartbeat_interval: options.heartbeatIntervalMs, _trace: [] });
}

function parseFrame(data: Buffer): Json | null {
  try {
    const frame: unknown = JSON.parse(data.toString());
    return isObject(frame) ? frame : null;
  } catch {
    return null;
  }
}
