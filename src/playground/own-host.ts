import type { IncomingMessage } from 'node:http';

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a request was meant for this server: its Host is a loopback name (or one that was allowed), and its Origin,
 * which browsers send, is that same host. Other sites' pages and names rebound to 127.0.0.1 are refused by it.
 */
export function isOwnHost({ headers }: Pick<IncomingMessage, 'headers'>, allowedHosts: readonly string[]): boolean {
  const host = URL.parse(`http://${headers.host ?? ''}`);
  if (host === null || ![...LOOPBACK, ...allowedHosts].includes(host.hostname)) return false;
  return headers.origin === undefined || URL.parse(headers.origin)?.host === host.host;
}
