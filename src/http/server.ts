import {
  fastify,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyPluginCallback,
  type FastifyReply,
} from 'fastify';
import { AppError } from '../errors.ts';
import type { StatusSource } from '../health/ports.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { CONNECTION_LIMITS, limitConnections, type ConnectionLimits, type Connections } from './connections.ts';
import { createNotFound } from './methods.ts';
import { createErrorHandler, sendProblem } from './problem.ts';
import { secureAnswers, strictTransport } from './security.ts';
import { createStatusRoutes, isHealthRoute } from './status-routes.ts';
import { createTokens, type ApiToken } from './tokens.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly status: StatusSource;
  /** Of those who are told what is behind the state of each part. */
  readonly tokens?: readonly ApiToken[];
  /** Why the API takes no work; null while it does. */
  readonly refusal?: () => AppError | null;
  /** How many proxies' word about the caller's address is taken; 0 takes nobody's. */
  readonly trustedProxies?: number;
  readonly connections?: ConnectionLimits;
  /** For the head of a request to arrive. */
  readonly headMs?: number;
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
const HEAD_MS = 10_000;
/** How often it is looked whose time is over. */
const LOOK_MS = 1_000;

/** @throws AppError `config` when the port cannot be had */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, log } = options;
  const { trustedProxies = 0, refusal = () => null, headMs = HEAD_MS } = options;
  const server: FastifyInstance = fastify({
    forceCloseConnections: true,
    logger: false,
    requestTimeout: REQUEST_MS,
    // What is slow to be ready, on a machine that is slow, is no defect: it is waited for.
    pluginTimeout: 0,
    http: {
      headersTimeout: headMs,
      connectionsCheckingInterval: Math.min(LOOK_MS, headMs),
      requireHostHeader: false, // it is, below, and answered as everything else is
      // Clients offer HTTP/2 this way; where nothing comes of it, the request itself is to be answered.
      shouldUpgradeCallback: ({ headers }) =>
        server.server.listenerCount('upgrade') > 0 && headers.upgrade?.toLowerCase() === 'websocket',
    },
    clientErrorHandler: answerBrokenRequest,
    // An address that is no UTF-8, or too long, say: it comes to no route.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply as unknown as FastifyReply, error),
    trustProxy: trustedProxies > 0 && ((_address: string, hop: number) => hop < trustedProxies),
    // What a body may not hold is refused rather than dropped: a misspelt option must not be taken for its default.
    ajv: { customOptions: { removeAdditional: false } },
  });
  secureAnswers(server.server);
  server.setErrorHandler(createErrorHandler(log));
  server.setNotFoundHandler(createNotFound(server));
  // Whoever has gone, or was closed for sending too many requests at once, costs no work any more.
  server.addHook('onRequest', async ({ raw }, reply) => {
    if (raw.socket.destroyed) reply.hijack();
  });
  server.addHook('onRequest', strictTransport);
  // Answered here rather than thrown: rooms with errors of their own would make a defect of these.
  server.addHook('onRequest', async ({ raw }, reply) => {
    if (raw.headers.host !== undefined || raw.httpVersion !== '1.1') return;
    await sendProblem(reply, new AppError('invalid', noHost));
  });
  server.addHook('onRequest', async ({ raw, routeOptions }, reply) => {
    const isCrowded = connections?.isReserved(raw.socket) === true && !isHealthRoute(routeOptions.url);
    // Health checks are answered to the last, and the bot's own words go through the playground.
    const refused = isCrowded ? crowded() : routeOptions.config.scope === undefined ? null : refusal();
    if (refused === null) return;
    await sendProblem(reply.header('connection', 'close'), refused);
  });
  let connections: Connections | null = null;
  try {
    await server.register(createStatusRoutes(options.status, createTokens(options.tokens ?? [])));
    for (const plugin of options.plugins ?? []) await server.register(plugin);
    connections = limitConnections(server.server, options.connections ?? CONNECTION_LIMITS);
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

const noHost = {
  en: 'The request does not say which host it is for. Send a Host header.',
  ja: 'リクエストに宛先のホストがありません。Host ヘッダーを付けてください。',
};

const crowded = (): AppError =>
  new AppError(
    'busy',
    {
      en: 'Too many requests are under way at the same time. Try again in a moment.',
      ja: '同時に処理しているリクエストが多すぎます。少し待ってからもう一度お試しください。',
    },
    { retryAfterMs: 5_000 },
  );

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
