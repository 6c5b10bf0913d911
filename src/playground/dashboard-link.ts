import type { FastifyPluginCallback } from 'fastify';
import { CLIENT_PATHS, type DashboardLink } from './client-protocol.ts';
import { isLocalRequest } from './own-host.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * The way from the playground's page to the dashboard: a link that is good once, for a minute. Nobody gets one but a page
 * of ours in a browser on this machine, for whoever has it may do everything. What it is good for stands behind the `#`,
 * which browsers keep to themselves.
 */
export function dashboardLink(issueTicket: () => string): FastifyPluginCallback {
  return (server, _options, done) => {
    server.post(CLIENT_PATHS.dashboard, async (request, reply) => {
      const isHere = LOOPBACK.has(request.raw.socket.remoteAddress ?? '') && isLocalRequest(request.raw, []);
      // A form of another page cannot send a header of its own.
      const isOurs = isHere && request.headers['x-requested-with'] === 'nescordbot';
      void reply.header('cache-control', 'no-store');
      if (!isOurs) {
        const message = 'Only the playground’s own page on this machine gets a link. Set API_TOKEN and log in with it.';
        return reply.code(403).send({ message });
      }
      return { href: `/dashboard#enter=${issueTicket()}` } satisfies DashboardLink;
    });
    done();
  };
}
