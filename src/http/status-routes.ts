import type { FastifyPluginCallback } from 'fastify';
import type { PartStatus, StatusSource } from '../health/ports.ts';
import { bearerOf, type Caller } from './tokens.ts';

/** Without these nobody is answered, or what is taught is not kept. Without a model, passages still answer. */
const essential: ReadonlySet<PartStatus['name']> = new Set(['sqlite', 'chroma', 'discord', 'jobs']);

/** So that whoever asks at an address knows whose bot answers there. */
export const INSTALLATION_HEADER = 'nescordbot-installation';

const isServing = ({ state }: PartStatus) => state === 'ok' || state === 'degraded';

const HEALTHZ = '/healthz';
const READYZ = '/readyz';
export const isHealthRoute = (url: string | undefined): boolean => url === HEALTHZ || url === READYZ;

/**
 * `/healthz` says that the process is alive, `/readyz` whether it can do its work, part by part. What a part says of
 * itself has paths, models and names in it: that is for whoever has a token.
 */
export function createStatusRoutes(
  source: StatusSource,
  findToken: (presented: string) => Caller | null,
): FastifyPluginCallback {
  return (server, _options, done) => {
    server.get(HEALTHZ, async () => ({ status: 'alive' }));
    server.get(READYZ, async ({ headers }, reply) => {
      const { version, parts, installation } = source.status();
      if (typeof installation === 'string') void reply.header(INSTALLATION_HEADER, installation);
      const ready = parts.every((part) => !essential.has(part.name) || isServing(part));
      const status = ready ? 'ready' : 'not ready';
      const token = bearerOf(headers.authorization);
      const isKnown = token !== null && findToken(token) !== null;
      const states = parts.map(({ name, state }) => ({ name, state }));
      return reply.code(ready ? 200 : 503).send(isKnown ? { status, version, parts } : { status, parts: states });
    });
    done();
  };
}
