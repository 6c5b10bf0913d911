import type { FastifyRequest } from 'fastify';

/** Our own pages send it; no form and no other site can, for there is no CORS. */
export const OWN_HEADER = 'x-requested-with';
export const OWN_HEADER_VALUE = 'nescordbot';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request with a cookie was made by one of our own pages, or by a person who opened an address. */
export function isOwnPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (SAFE.has(request.method)) return site === undefined || site === 'same-origin' || site === 'none';
  if (request.headers[OWN_HEADER] !== OWN_HEADER_VALUE) return false;
  // Over plain HTTP to another machine browsers leave Sec-Fetch-Site out; they do say the origin.
  return site === undefined ? isOwnOrigin(request) : site === 'same-origin';
}

function isOwnOrigin({ headers, host }: FastifyRequest): boolean {
  const { origin } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
