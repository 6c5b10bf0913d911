import { Type } from 'typebox';
import { AppError } from '../../errors.ts';
import type { ApiParts } from '../api-parts.ts';
import { callerOf, requesterOf, SESSION_COOKIE, type Auth } from '../auth.ts';
import type { ApiServer } from '../route-types.ts';
import { isOwnPage } from '../same-origin.ts';
import { exactly, iso, Time } from '../schemas/common.ts';
import type { Sessions } from '../sessions.ts';

const tags = ['session'];
const Who = { name: Type.String(), scope: Type.Union([Type.Literal('read'), Type.Literal('operate')]) };

/** Logging in with a token, for the browser: from then on a cookie stands for it that no script can read. */
export function sessionRoutes(
  server: ApiServer,
  { audit, tickets, clock }: ApiParts,
  { auth, sessions }: { readonly auth: Auth; readonly sessions: Sessions },
): void {
  server.post(
    '/login',
    {
      config: { scope: 'anyone' },
      bodyLimit: 4096,
      schema: {
        tags,
        summary: 'Log in with a token, or once with a ticket that the playground gave out',
        body: exactly({ token: Type.String({ minLength: 1, maxLength: 1000 }) }),
        response: { 200: Type.Object({ ...Who, expiresAt: Time }) },
      },
    },
    async (request, reply) => {
      if (!isOwnPage(request))
        throw new AppError('forbidden', 'Logging in is for our own page. Programs send Authorization: Bearer TOKEN.');
      const caller = tickets.redeem(request.body.token) ?? (await auth.check(request.body.token, request));
      const old = request.cookies[SESSION_COOKIE];
      if (old !== undefined) sessions.close(old);
      const { id, session } = sessions.open(caller);
      reply.setCookie(SESSION_COOKIE, id, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        // What the browser says it is on is enough: it concerns nobody's cookie but its own.
        secure: request.protocol === 'https' || request.headers.origin?.startsWith('https://') === true,
        maxAge: Math.ceil((session.expiresAt - clock()) / 1000), // no date: the browser's clock may be another
      });
      audit({ action: 'log in', outcome: 'done', by: requesterOf({ ...caller, isPage: true }).id });
      return { ...caller, expiresAt: iso(session.expiresAt) };
    },
  );

  server.post(
    '/logout',
    {
      config: { scope: 'anyone' },
      schema: { tags, summary: 'Log out', response: { 204: Type.Null({ description: 'Logged out' }) } },
    },
    async (request, reply) => {
      if (!isOwnPage(request)) throw new AppError('forbidden', 'Logging out is for our own page.');
      const id = request.cookies[SESSION_COOKIE];
      if (id !== undefined) sessions.close(id);
      return reply.clearCookie(SESSION_COOKIE, { path: '/' }).code(204).send(null);
    },
  );

  server.get(
    '/api/session',
    {
      config: { scope: 'read' },
      schema: { tags, summary: 'Who is calling, and what it may do', response: { 200: Type.Object(Who) } },
    },
    async (request) => {
      const { name, scope } = callerOf(request);
      return { name, scope };
    },
  );
}
