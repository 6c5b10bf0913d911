import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ServerFrame } from '../client-protocol.ts';
import { parseFrame } from './parse-request.ts';
import { refuseUpgrade } from '../refuse-upgrade.ts';
import type { World } from '../state/world.ts';
import { createClientSession } from './session.ts';

const MAX_CLIENTS = 50;
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024;

export interface ClientSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** The browsers' sockets. `onDefect` hears of errors that are not refusals. */
export function createClientSockets(world: World, onDefect: (error: unknown) => void): ClientSockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 256 * 1024 });
  sockets.on('wsClientError', (_error, socket) => refuseUpgrade(socket, '400 Bad Request'));
  const serve = (socket: WebSocket): void => {
    const send = (frame: ServerFrame): void => {
      if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
    };
    const session = createClientSession(world, send);
    socket.on('close', () => session.close());
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer) => {
      const frame = parseFrame(data);
      if (frame.kind === 'nonsense') {
        return socket.close(1007, 'A frame must be {"ref": number, "action": string, "args": …}.');
      }
      if (frame.kind === 'refused') {
        return send({ ref: frame.ref, ok: false, error: { code: 50035, message: frame.why } });
      }
      const { request } = frame;
      session.handle(request).then(send, (error: unknown) => {
        onDefect(error);
        send({ ref: request.ref, ok: false, error: { code: 0, message: 'The playground could not do this.' } });
      });
    });
  };
  return {
    upgrade(request, socket, head) {
      if (sockets.clients.size >= MAX_CLIENTS) {
        refuseUpgrade(socket, '503 Service Unavailable');
        return;
      }
      sockets.handleUpgrade(request, socket, head, serve);
    },
    close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}
