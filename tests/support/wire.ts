import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

export interface Wire {
  readonly origin: string;
  /** Breaks every connection, and lets none through until it is mended. */
  cut(): void;
  mend(): void;
}

/** A wire to a server on this machine that can be cut; closed when the test ends. */
export async function openWire(t: TestContext, port: number): Promise<Wire> {
  let isWhole = true;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (!isWhole) return near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    isWhole = false;
    for (const socket of sockets) socket.destroy();
  };
  t.after(() => {
    server.close();
    cut();
  });
  const { port: own } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${own}`, cut, mend: () => void (isWhole = true) };
}
