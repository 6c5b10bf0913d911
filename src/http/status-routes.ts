import type { FastifyPluginCallback } from 'fastify';
import type { PartStatus, StatusSource } from '../health/ports.ts';

/** Without these nobody is answered, or what is taught is not kept. Without a model, passages still answer. */
const essential: ReadonlySet<PartStatus['name']> = new Set(['sqlite', 'chroma', 'discord', 'jobs']);

const isServing = ({ state }: PartStatus) => state === 'ok' || state === 'degraded';

/** `/healthz` says that the process is alive, `/readyz` whether it can do its work, part by part. */
export function createStatusRoutes(source: StatusSource): FastifyPluginCallback {
  return (server, _options, done) => {
    server.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'));
    server.get('/healthz', async () => ({ status: 'alive' }));
    server.get('/readyz', async (_request, reply) => {
      const { version, parts } = source.status();
      const ready = parts.every((part) => !essential.has(part.name) || isServing(part));
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', version, parts });
    });
    done();
  };
}
