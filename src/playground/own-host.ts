import type { IncomingMessage } from 'node:http';

/** No name can be rebound to be called so; whatever HOST may be without more words is among them. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What proxies add. One that adds nothing at all speaks HTTP/1.0, as nginx does unless it is told otherwise. */
const OF_PROXIES =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-original-.*|x-real-ip|(?:.*-)?client-?ip|cf-.*|x-envoy-.*|tailscale-.*)$/;

export function isForwarded({ headers, httpVersion }: Pick<IncomingMessage, 'headers' | 'httpVersion'>): boolean {
  return httpVersion === '1.0' || Object.keys(headers).some((name) => OF_PROXIES.test(name));
}

/**
 * Whether a request comes straight from a person or the bot on this machine. Behind a proxy everybody would: it may write
 * the Host anew, and whoever is in the playground is an operator.
 */
export function isLocalRequest(
  request: Pick<IncomingMessage, 'headers' | 'httpVersion'>,
  allowedHosts: readonly string[],
): boolean {
  return !isForwarded(request) && isOwnHost(request, allowedHosts);
}

/**
 * Whether a request was meant for this server: its Host is a loopback name (or one that was allowed), and its Origin,
 * which browsers send, is that same host. Other sites' pages and names rebound to 127.0.0.1 are refused by it.
 */
function isOwnHost({ headers }: Pick<IncomingMessage, 'headers'>, allowedHosts: readonly string[]): boolean {
  // With more than a name and a port in it, what the address says the host is could be another.
  const host = /[^\w.:[\]-]/.test(headers.host ?? '') ? null : URL.parse(`http://${headers.host ?? ''}`);
  if (host === null || !(LOOPBACK.test(host.hostname) || allowedHosts.includes(host.hostname))) return false;
  return headers.origin === undefined || URL.parse(headers.origin)?.host === host.host;
}
