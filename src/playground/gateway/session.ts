import { GatewayOpcodes } from 'discord-api-types/v10';
import type { WebSocket } from 'ws';
import { randomToken } from '../state/world.ts';
import type { Audience, Dispatch } from './dispatches.ts';

const REPLAY_LIMIT = 1_000;

/** One identified bot: it outlives its socket for a while, so that the bot can resume. */
export interface GatewaySession extends Audience {
  readonly id: string;
  readonly socket: WebSocket | null;
  /** Numbered, kept for a replay, and sent when connected. */
  dispatch(dispatch: Dispatch): void;
  /** Takes over a new socket and sends what came after `seq`. False when that is no longer kept or never was. */
  resume(socket: WebSocket, seq: number): boolean;
  detach(): void;
}

export function createGatewaySession(audience: Audience, first: WebSocket): GatewaySession {
  let socket: WebSocket | null = first;
  let last = 0;
  const kept: { seq: number; text: string }[] = [];
  const session: GatewaySession = {
    ...audience,
    id: randomToken(16),
    get socket() {
      return socket;
    },
    dispatch({ t, d }) {
      last += 1;
      const text = JSON.stringify({ op: GatewayOpcodes.Dispatch, t, s: last, d });
      kept.push({ seq: last, text });
      if (kept.length > REPLAY_LIMIT) kept.shift();
      socket?.send(text);
    },
    resume(next, seq) {
      const oldest = kept[0]?.seq ?? last + 1;
      if (seq > last || seq < oldest - 1) return false;
      socket = next;
      for (const { text } of kept.filter((one) => one.seq > seq)) next.send(text);
      session.dispatch({ t: 'RESUMED', d: { _trace: [] } });
      return true;
    },
    detach() {
      socket = null;
    },
  };
  return session;
}
