import type { FastifyReply, FastifyRequest } from 'fastify';

/** For JSON: nothing may be loaded, and nothing may show it in a frame. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

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

/** On every answer of the API; a page puts its own policy in place of the one for data. */
export async function secureHeaders(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({
    'content-security-policy': DATA_POLICY,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'cache-control': 'no-store',
  });
  if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
}
