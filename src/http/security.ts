import type { Server } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** For our own pages: files of this server alone, no inline script or style, no frame, no form that leads away. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For data: nothing may be loaded, nothing may show it in a frame, and nobody keeps it. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

/**
 * Every answer has them before anybody else looks at the request, so that no route, error or other room's page is without;
 * a page puts its own policy in place of the one for data.
 */
export function secureAnswers(server: Server): void {
  server.prependListener('request', (_request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  });
  // Node would answer an expectation that it does not know by itself; one may also be passed over.
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
}

/** Where a proxy or ours speaks TLS, browsers are to go on doing so. */
export async function strictTransport(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
}
