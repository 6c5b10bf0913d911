import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './network.ts';

export interface ConnectionLimits {
  /** At the same time, those included on which nothing is under way. */
  readonly most: number;
  /** Beyond those, for the health routes alone: a bot that is very busy must not be taken for a dead one. */
  readonly reserved: number;
  /** Of one address: those that have not sent a whole request. */
  readonly mostUnfinished: number;
  /** Requests that one connection sends without waiting for an answer; each costs work and memory at once. */
  readonly mostAhead: number;
}

/** What a proxy opens at once comes in one go, as much as the system queues (511): that alone is no flood. */
export const CONNECTION_LIMITS: ConnectionLimits = { most: 1_000, reserved: 64, mostUnfinished: 512, mostAhead: 16 };

interface Connection {
  readonly socket: Socket;
  readonly network: string;
  /** Requests that are not answered yet. */
  underWay: number;
  /** Those of them whose body is still to come. */
  arriving: number;
}

export interface Connections {
  /** Whether nothing but health checks is answered on it. */
  isReserved(socket: Socket): boolean;
}

/**
 * Makes room for a new connection by closing one on which nothing is under way, rather than refusing the new one: first
 * what is kept alive and idle, then what has sent no whole request, the oldest of the address that has most of those, and
 * last what does not take its answer. What carries a request that is worked at is never closed, nor counted against its
 * address: behind a proxy everybody has the same.
 */
export function limitConnections(server: Server, limits: ConnectionLimits = CONNECTION_LIMITS): Connections {
  const known = new Map<Socket, Connection>();
  const ordinary = new Set<Connection>();
  const reserve = new Set<Connection>();
  /** Both oldest first, and of the ordinary ones only. */
  const idle = new Set<Connection>();
  const unfinished = new Map<string, Set<Connection>>();

  function isFinished(connection: Connection): void {
    const ofNetwork = unfinished.get(connection.network);
    ofNetwork?.delete(connection);
    if (ofNetwork?.size === 0) unfinished.delete(connection.network);
  }

  function isUnfinished(connection: Connection): void {
    const ofNetwork = unfinished.get(connection.network) ?? new Set();
    unfinished.set(connection.network, ofNetwork.add(connection));
  }

  function noLongerWaits(connection: Connection): void {
    idle.delete(connection);
    isFinished(connection);
  }

  function forget(connection: Connection): void {
    noLongerWaits(connection);
    ordinary.delete(connection);
    reserve.delete(connection);
    known.delete(connection.socket);
  }

  function closeOldest(connections: Iterable<Connection>): boolean {
    const [oldest] = connections;
    if (oldest === undefined) return false;
    forget(oldest);
    oldest.socket.destroy();
    return true;
  }

  const closeOne = (): boolean =>
    closeOldest(idle) || closeOldest(largest(unfinished)) || closeOldest([...ordinary].filter(takesNoAnswer));

  function begin(connection: Connection): void {
    noLongerWaits(connection);
    connection.underWay += 1;
    if (connection.underWay > limits.mostAhead) connection.socket.destroy();
  }

  function end(connection: Connection): void {
    connection.underWay -= 1;
    if (connection.underWay === 0 && ordinary.has(connection)) idle.add(connection);
  }

  /** Until its body is there, or an answer that did not wait for it. */
  function arrive(connection: Connection, request: IncomingMessage, response: ServerResponse): void {
    connection.arriving += 1;
    if (ordinary.has(connection)) isUnfinished(connection);
    let isThere = false;
    const arrived = (): void => {
      if (isThere) return;
      isThere = true;
      connection.arriving -= 1;
      if (connection.arriving === 0) isFinished(connection);
    };
    request.once('end', arrived);
    response.once('close', arrived);
  }

  server.on('connection', (socket: Socket) => {
    const connection = { socket, network: networkOf(socket.remoteAddress ?? ''), underWay: 0, arriving: 0 };
    const own = unfinished.get(connection.network) ?? new Set();
    if (own.size >= limits.mostUnfinished) closeOldest(own);
    if (ordinary.size < limits.most || closeOne()) {
      ordinary.add(connection);
      isUnfinished(connection);
    } else if (reserve.size < limits.reserved || closeOldest([...reserve].filter(isNotWorkedAt))) {
      reserve.add(connection);
    } else {
      return void socket.destroy();
    }
    known.set(socket, connection);
    socket.once('close', () => forget(connection));
    return undefined;
  });
  // Before anybody else: a request too many is not to be worked at.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = known.get(request.socket);
    if (connection === undefined) return;
    begin(connection);
    if (hasBody(request)) arrive(connection, request, response);
    response.once('close', () => end(connection));
  });
  // Whoever takes upgrades keeps the socket. Where nobody does, a listener would leave such requests without an answer.
  if (server.listenerCount('upgrade') > 0) {
    server.on('upgrade', ({ socket }: IncomingMessage) => {
      const connection = known.get(socket);
      if (connection !== undefined) begin(connection);
    });
  }

  return {
    isReserved(socket) {
      const connection = known.get(socket);
      return connection !== undefined && reserve.has(connection);
    },
  };
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const isNotWorkedAt = ({ underWay, arriving }: Connection): boolean => underWay === arriving;

const takesNoAnswer = ({ socket }: Connection): boolean => socket.writableLength > 0;

function largest(groups: ReadonlyMap<string, ReadonlySet<Connection>>): Iterable<Connection> {
  let most: ReadonlySet<Connection> = new Set();
  for (const group of groups.values()) if (group.size > most.size) most = group;
  return most;
}
