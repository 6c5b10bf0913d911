import { isIPv6 } from 'node:net';

/** Whoever has one address of IPv6 has 2^64 of them: the first half is what tells callers apart. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip) || ip.startsWith('::ffff:')) return ip;
  const [before = '', after] = ip.split('::');
  const groups = before.split(':');
  const zeros = after === undefined ? 0 : 8 - groups.length - after.split(':').length;
  return [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...(after ?? '').split(':')].slice(0, 4).join(':');
}
