import type { TestContext } from 'node:test';
import Fastify from 'fastify';
import { createPlayground, type PlaygroundOptions } from '../../src/playground/playground.ts';
import { webClient } from '../../src/playground/web/serve.ts';

export interface PagePlayground {
  readonly origin: string;
  readonly restApi: string;
  readonly token: string;
  close(): Promise<void>;
}

/** The playground with its page, on a free port unless one is wanted; closed when the test ends. */
export async function openPagePlayground(
  t: TestContext,
  { port = 0, ...options }: PlaygroundOptions & { readonly port?: number } = {},
): Promise<PagePlayground> {
  const playground = createPlayground(options);
  const fastify = Fastify({ logger: { level: 'error' } });
  await fastify.register(playground.plugin);
  await fastify.register(webClient());
  const origin = await fastify.listen({ host: '127.0.0.1', port });
  t.after(() => fastify.close());
  fastify.server.unref(); // a test that fails while it is closed leaves the server behind, and must end all the same
  return {
    origin,
    restApi: playground.restApi(origin),
    token: playground.token,
    close: () => fastify.close(),
  };
}
