import { once } from 'node:events';
import { createServer } from 'node:net';

const [FIRST, COUNT] = [20_000, 10_000];

/** A free port that nobody is given meanwhile: it is below those that systems choose from, from 32768 on. */
export async function ownPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    await new Promise((closed) => server.close(closed));
    if (isFree) return port;
  }
}
