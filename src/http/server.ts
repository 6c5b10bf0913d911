import { fastify, type FastifyPluginAsync, type FastifyPluginCallback, type FastifyReply } from 'fastify';
import { AppError } from '../errors.ts';
import type { StatusSource } from '../health/ports.ts';
import { createNotFound } from './methods.ts';
import { createErrorHandler, sendProblem } from './problem.ts';
import { secureHeaders } from './security.ts';
import { createStatusRoutes } from './status-routes.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly status: StatusSource;
  /** Why the API takes no work; null while it does. */
  readonly refusal?: () => AppError | null;
  /** How many proxies' word about the caller's address is taken; 0 takes nobody's. */
  readonly trustedProxies?: number;
  readonly log: { error(message: string, details?: object): void };
  /** Routes of other rooms. */
  readonly plugins?: readonly (FastifyPluginCallback | FastifyPluginAsync)[];
}

export interface HttpServer extends AsyncDisposable {
  readonly port: number;
  /** Where a browser on this machine finds it. */
  readonly url: string;
  /** Ends open connections, too. */
  close(): Promise<void>;
}

/** For a request to arrive whole; a caller that sends a byte a second does not hold a place for ever. */
const REQUEST_MS = 120_000;
const MOST_CONNECTIONS = 1_000;

/** @throws AppError `config` when the port cannot be had */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, log } = options;
  const { trustedProxies = 0, refusal = () => null } = options;
  const server = fastify({
    forceCloseConnections: true,
    logger: false,
    requestTimeout: REQUEST_MS,
    // An address that is no UTF-8, say: it comes to no route.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply as unknown as FastifyReply, error),
    trustProxy: trustedProxies > 0 && ((_address: string, hop: number) => hop < trustedProxies),
    // What a body may not hold is refused rather than dropped: a misspelt option must not be taken for its default.
    ajv: { customOptions: { removeAdditional: false } },
  });
  server.server.maxConnections = MOST_CONNECTIONS;
  server.setErrorHandler(createErrorHandler(log));
  server.setNotFoundHandler({ preHandler: secureHeaders }, createNotFound(server));
  server.addHook('onRequest', async ({ routeOptions }, reply) => {
    // Health checks are answered to the last, and the bot's own words go through the playground.
    const refused = routeOptions.config.scope === undefined ? null : refusal();
    if (refused === null) return;
    reply.header('connection', 'close');
    throw refused;
  });
  try {
    await server.register(createStatusRoutes(options.status));
    for (const plugin of options.plugins ?? []) await server.register(plugin);
    await server.listen({ host, port });
  } catch (cause) {
    await server.close();
    throw translate(cause, host, port);
  }
  const address = server.server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= Promise.resolve(server.close()).then(() => undefined));
  return { port: actual, url: `http://${nameOf(host)}:${actual}`, close, [Symbol.asyncDispose]: close };
}

function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function translate(cause: unknown, host: string, port: number): unknown {
  switch ((cause as NodeJS.ErrnoException).code ?? '') {
    case 'EADDRINUSE':
      return new AppError(
        'config',
        `Port ${port} is in use by another program, perhaps another NescordBot. Stop it, or set PORT to a free port.`,
        { cause },
      );
    case 'EACCES':
      return new AppError('config', `Port ${port} is not allowed to this user. Set PORT to one above 1023.`, { cause });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new AppError(
        'config',
        `This machine has no address ${host} to listen on. Set HOST to 127.0.0.1 or 0.0.0.0.`,
        { cause },
      );
    default:
      return cause;
  }
}
