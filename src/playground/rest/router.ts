import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { DiscordError, discordError } from '../discord-error.ts';
import type { NewFile } from '../state/files.ts';
import { readBody } from './body.ts';
import type { RateLimits } from './rate-limits.ts';

export interface RestCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  /** By the `n` of `files[n]`. */
  readonly files: ReadonlyMap<string, NewFile>;
  /** The server's own address as the caller knows it, for links to files. */
  readonly origin: string;
}

export interface RestAnswer {
  readonly status: 200 | 201 | 204;
  readonly body?: unknown;
}

export interface RestRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With Fastify's parameters, named as in Discord's specification. */
  readonly path: string;
  /** Routes whose token is in the path need no Authorization header. */
  readonly open?: boolean;
  run(call: RestCall): RestAnswer;
}

/** One request as it was answered: what tests look at. */
export interface RestRecord {
  readonly method: string;
  readonly path: string;
  /** As Discord's specification writes it, e.g. `/channels/{channel_id}/messages`. */
  readonly template: string;
  readonly body: unknown;
  readonly fileCount: number;
  readonly status: number;
}

export interface RouterOptions {
  readonly token: string;
  readonly limits: RateLimits;
  readonly onRequest: (record: RestRecord) => void;
}

/** Enough for a hundred commands at their largest. */
const JSON_LIMIT_BYTES = 8 * 1024 * 1024;

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Registers the routes; every other method of a known path answers 405, every other path 404. */
export function registerRoutes(fastify: FastifyInstance, routes: readonly RestRoute[], options: RouterOptions): void {
  fastify.setErrorHandler((error, _request, reply) => answerError(error, reply));
  fastify.setNotFoundHandler((_request, reply) => answerError(discordError('notFound'), reply));
  for (const route of routes) {
    fastify.route({
      method: route.method,
      url: route.path,
      exposeHeadRoute: false,
      bodyLimit: JSON_LIMIT_BYTES,
      handler: (request, reply) => answer(route, request, reply, options),
    });
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const known = new Set(routes.filter((route) => route.path === path).map((route): HTTPMethods => route.method));
    const method = METHODS.filter((one) => !known.has(one));
    fastify.route({
      method,
      url: path,
      exposeHeadRoute: false,
      handler: () => Promise.reject(discordError('methodNotAllowed')),
    });
  }
}

async function answer(
  route: RestRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  { token, limits, onRequest }: RouterOptions,
): Promise<FastifyReply> {
  if (route.open !== true && request.headers.authorization !== `Bot ${token}`) throw discordError('unauthorized');
  const params = request.params as Record<string, string>;
  const { body, files } = await readBody(request);
  const record = (status: number): void =>
    onRequest({
      method: request.method,
      path: request.url.replace(/^.*?\/api\/v10/, ''),
      template: template(route.path, params),
      body,
      fileCount: files.size,
      status,
    });
  try {
    const left = limits.take(route, params);
    void reply.headers(left.headers);
    if (left.retryAfterMs !== null) {
      record(429);
      const seconds = left.retryAfterMs / 1_000;
      return await reply
        .code(429)
        .header('retry-after', Math.ceil(seconds))
        .send({ message: 'You are being rate limited.', retry_after: seconds, global: false });
    }
    const query = request.query as Record<string, string | undefined>;
    const result = route.run({ params, query, body, files, origin: originOf(request) });
    record(result.status);
    return await (result.status === 204 ? reply.code(204).send() : reply.code(result.status).send(result.body));
  } catch (error) {
    record(error instanceof DiscordError ? error.status : 500);
    throw error;
  }
}

export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

function template(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => (params[name] === '@original' ? '@original' : `{${name}}`));
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof DiscordError) return reply.code(error.status).send(error.toJSON());
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status === 413) return answerError(discordError('entityTooLarge'), reply);
  if (status >= 400 && status < 500) return answerError(discordError('invalidJson'), reply);
  reply.log.error(error);
  return reply.code(500).send({ message: '500: Internal Server Error', code: 0 });
}
