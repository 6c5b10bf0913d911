import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Received {
  readonly path: string;
  readonly body: unknown;
}

/** What the receiver does with a request after it has read it. */
export type Manner = (response: ServerResponse, request: IncomingMessage) => void;

export interface WebhookReceiver {
  readonly origin: string;
  /** All requests, refused ones included, oldest first. */
  readonly received: readonly Received[];
  /** From now on. */
  manner: Manner;
  /** Resolves when it has received so many. */
  until(count: number): Promise<void>;
}

export const answering =
  (status: number, headers: Readonly<Record<string, string>> = {}): Manner =>
  (response) =>
    void response.writeHead(status, headers).end(status === 204 ? undefined : 'ok');

/** Hangs up without a word. */
export const cutting: Manner = (_response, request) => void request.socket.destroy();

/** Says that it took it, and hangs up in the middle of what it says then. */
export const cuttingAfterwards: Manner = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('o', () => response.socket?.destroy());
};

export const hanging: Manner = () => undefined;

/** A server that takes alerts, closed when the test ends. */
export async function openWebhookReceiver(t: TestContext): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const watchers = new Set<() => void>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString();
      received.push({ path: request.url ?? '', body: text === '' ? null : JSON.parse(text) });
      receiver.manner(response, request);
      for (const look of watchers) look();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const receiver: WebhookReceiver = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    manner: answering(200),
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
  };
  return receiver;
}
