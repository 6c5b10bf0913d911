import type { FastifyReply, FastifyRequest } from 'fastify';
import { counted } from '../counted.ts';
import { AppError } from '../errors.ts';
import type { Audit } from '../health/audit-model.ts';
import { networkOf } from './network.ts';
import { noAccess } from './problem.ts';
import type { ApiServer } from './route-types.ts';
import { isOwnPage } from './same-origin.ts';
import type { Sessions } from './sessions.ts';
import { bearerOf, mayCall, type Caller } from './tokens.ts';

export const SESSION_COOKIE = 'nescordbot_session';

const tooManyFailures = {
  en: 'Too many log-ins failed from your address. Wait before trying again.',
  ja: 'このアドレスからのログイン失敗が多すぎます。しばらく待ってからもう一度お試しください。',
};
const FAILURES = { max: 10, timeWindow: 10 * 60_000 };
/** Of whom failures are counted; the least recent are forgotten first. */
export const ADDRESSES_REMEMBERED = 5_000;

export interface AuthParts {
  readonly findToken: (presented: string) => Caller | null;
  readonly sessions: Sessions;
  readonly requestsPerMinute: number;
  readonly audit: Audit;
}

export interface Auth {
  /** For every route: lets in who may, by what the route's configuration says. */
  readonly onRequest: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** @throws HttpProblem 401, or AppError `limit` once an address has failed too often */
  check(token: string, request: FastifyRequest): Promise<Caller>;
}

/**
 * A right token is let in however often others at its address have failed: behind a proxy that is not trusted all share
 * one address, and nobody could guess a token that long anyway. What is limited is failing.
 */
export function createAuth(server: ApiServer, { findToken, sessions, requestsPerMinute, audit }: AuthParts): Auth {
  const countFailure = server.createRateLimit({
    ...FAILURES,
    keyGenerator: ({ ip }) => networkOf(ip),
  });
  const countRequest = server.createRateLimit({
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: ({ caller }) => caller?.name ?? '',
  });

  async function failed(request: FastifyRequest): Promise<never> {
    const count = await countFailure(request);
    if (!count.isAllowed && count.isExceeded) {
      // Said once, not ten thousand times.
      throw new AppError('limit', tooManyFailures, { retryAfterMs: count.ttl });
    }
    audit({ action: 'log in', outcome: 'denied', by: `address ${request.ip}` });
    throw noAccess('This token is not known. It stands in API_TOKEN or API_TOKENS.');
  }

  async function callerWith(token: string, request: FastifyRequest): Promise<Caller> {
    return findToken(token) ?? failed(request);
  }

  /** @throws AppError `limit` */
  async function assertNotTooMany(request: FastifyRequest): Promise<void> {
    const count = await countRequest(request);
    if (!count.isAllowed && count.isExceeded)
      throw new AppError(
        'limit',
        {
          en: `More than ${counted(requestsPerMinute, 'request')} in a minute. Wait a little.`,
          ja: `1 分間のリクエストが ${requestsPerMinute} 件を超えました。少しお待ちください。`,
        },
        { retryAfterMs: count.ttl },
      );
  }

  async function identify(request: FastifyRequest): Promise<Caller> {
    const { authorization } = request.headers;
    if (authorization !== undefined) return callerWith(bearerOf(authorization) ?? '', request);
    const cookie = request.cookies[SESSION_COOKIE];
    if (cookie === undefined) throw noAccess('Send a token: Authorization: Bearer TOKEN.');
    const session = sessions.find(cookie);
    if (session === null) throw noAccess('The log-in has ended. Log in again.');
    if (!isOwnPage(request))
      throw new AppError('forbidden', 'A log-in is good for our own page only. Programs send a token.');
    request.isStillIn = () => sessions.find(cookie) !== null;
    return { ...session.caller, isPage: true };
  }

  return {
    async check(token, request) {
      request.caller = await callerWith(token, request);
      await assertNotTooMany(request);
      return request.caller;
    },
    async onRequest(request, reply) {
      const { scope } = request.routeOptions.config;
      if (scope === 'anyone') return;
      reply.header('www-authenticate', 'Bearer realm="NescordBot"');
      const caller = await identify(request);
      reply.removeHeader('www-authenticate');
      request.caller = caller;
      await assertNotTooMany(request);
      if (scope !== undefined && mayCall(caller, scope)) return;
      audit({
        action: `${request.method} ${request.routeOptions.url ?? ''}`,
        outcome: 'denied',
        by: requesterOf(caller).id,
      });
      throw new AppError('forbidden', {
        en: `The token ${caller.name} may read only; this needs the scope operate.`,
        ja: `トークン ${caller.name} では閲覧のみできます。この操作には権限 operate が必要です。`,
      });
    },
  };
}

/** @throws HttpProblem when the route lets anyone in, and nobody has said who */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === null) throw noAccess('Log in first.');
  return caller;
}

/** As backups and the audit log name whoever asked for something. */
export const requesterOf = ({ name, isPage = false }: Caller): { readonly id: string; readonly name: string } => ({
  id: `${isPage ? 'dashboard' : 'api'}:${name}`,
  name,
});
