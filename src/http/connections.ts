import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './network.ts';

export interface ConnectionLimits {
  /** At the same time, those included on which nothing is under way. */
  readonly most: number;
  /** Beyond those, for the health routes alone: a bot that is very busy must not be taken for a dead one. */
  readonly reserved: number;
  /** Of one address: those that have not sent a whole request head. */
  readonly mostHeadless: number;
}

/** What a proxy opens at once comes in one go, as much as the system queues (511): that alone is no flood. */
export const CONNECTION_LIMITS: ConnectionLimits = { most: 1_000, reserved: 64, mostHeadless: 512 };

interface Connection {
  readonly socket: Socket;
  readonly network: string;
  /** Requests that are not answered yet. */
  underWay: number;
}

export interface Connections {
  /** Whether nothing but health checks is answered on it. */
  isReserved(socket: Socket): boolean;
}

/**
 * Makes room for a new connection by closing one on which nothing is under way, rather than refusing the new one: first
 * what is kept alive and idle, then what has sent no whole head, the oldest of the address that has most of those. What
 * carries a request is never closed, nor counted against its address: behind a proxy everybody has the same.
 */
export function limitConnections(server: Server, limits: ConnectionLimits = CONNECTION_LIMITS): Connections {
  const known = new Map<Socket, Connection>();
  const ordinary = new Set<Connection>();
  const reserve = new Set<Connection>();
  /** Both oldest first, and of the ordinary ones only. */
  const idle = new Set<Connection>();
  const headless = new Map<string, Set<Connection>>();

  function noLongerWaits(connection: Connection): void {
    idle.delete(connection);
    const ofNetwork = headless.get(connection.network);
    ofNetwork?.delete(connection);
    if (ofNetwork?.size === 0) headless.delete(connection.network);
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

  const closeOne = (): boolean => closeOldest(idle) || closeOldest(largest(headless));

  function begin(socket: Socket): void {
    const connection = known.get(socket);
    if (connection === undefined) return;
    noLongerWaits(connection);
    connection.underWay += 1;
  }

  function end(socket: Socket): void {
    const connection = known.get(socket);
    if (connection === undefined) return;
    connection.underWay -= 1;
    if (connection.underWay === 0 && ordinary.has(connection)) idle.add(connection);
  }

  server.on('connection', (socket: Socket) => {
    const connection = { socket, network: networkOf(socket.remoteAddress ?? ''), underWay: 0 };
    const own = headless.get(connection.network) ?? new Set();
    if (own.size >= limits.mostHeadless) closeOldest(own);
    if (ordinary.size < limits.most || closeOne()) {
      ordinary.add(connection);
      headless.set(connection.network, own.add(connection));
    } else if (reserve.size < limits.reserved || closeOldest([...reserve].filter(({ underWay }) => underWay === 0))) {
      reserve.add(connection);
    } else {
      return void socket.destroy();
    }
    known.set(socket, connection);
    socket.once('close', () => forget(connection));
    return undefined;
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    begin(socket);
    response.once('close', () => end(socket));
  });
  // Whoever takes upgrades keeps the socket. Where nobody does, a listener would leave such requests without an answer.
  if (server.listenerCount('upgrade') > 0) server.on('upgrade', ({ socket }: IncomingMessage) => begin(socket));

  return {
    isReserved(socket) {
      const connection = known.get(socket);
      return connection !== undefined && reserve.has(connection);
    },
  };
}

function largest(groups: ReadonlyMap<string, ReadonlySet<Connection>>): Iterable<Connection> {
  let most: ReadonlySet<Connection> = new Set();
  for (const group of groups.values()) if (group.size > most.size) most = group;
  return most;
}
