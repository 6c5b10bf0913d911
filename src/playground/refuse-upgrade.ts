import type { Duplex } from 'node:stream';

/** What every other answer has, too. */
const HEADERS = [
  'Connection: close',
  'Content-Length: 0',
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options: nosniff',
  'X-Frame-Options: DENY',
  'Referrer-Policy: no-referrer',
  'Cache-Control: no-store',
];

/** Answers a request for a WebSocket that gets none. `status` is `403 Forbidden`, say. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${[status, ...HEADERS].join('\r\n')}\r\n\r\n`);
}
