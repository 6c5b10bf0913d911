import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { HttpProblem, sendProblem } from './problem.ts';

/** Tells a wrong method from a wrong address, and answers OPTIONS; without CORS, which nobody here needs. */
export function createNotFound(server: FastifyInstance) {
  const methods = new Map<string, { readonly matches: RegExp; readonly allowed: Set<string> }>();
  server.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? { matches: pattern(url), allowed: new Set(['OPTIONS']) };
    for (const one of [method].flat()) known.allowed.add(one);
    methods.set(url, known);
  });
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = [...methods.values()].find(({ matches }) => matches.test(path))?.allowed;
    if (allowed === undefined)
      return sendProblem(reply, new AppError('not_found', `There is nothing at ${request.method} ${path}.`));
    reply.header('allow', [...allowed].sort().join(', '));
    if (request.method === 'OPTIONS') return reply.code(204).send();
    const kind = { slug: 'method-not-allowed', status: 405, title: 'Method not allowed' } as const;
    return sendProblem(reply, new HttpProblem('invalid', kind, `${path} does not know ${request.method}.`));
  };
}

function pattern(url: string): RegExp {
  const escaped = url.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/:\w+/g, '[^/]+').replaceAll('*', '.*')}$`);
}
