import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { HttpProblem, problemOf } from './problem.ts';
import { SECURITY_HEADERS } from './security.ts';

/** What is no HTTP, too long or too slow comes to no route: it is answered by hand, as a route would have, and ended. */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = problemOf(problemFor(error.code));
  const { status } = problem;
  const body = JSON.stringify(problem);
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  socket.destroy(error);
  return undefined;
}

function problemFor(code: string | undefined): HttpProblem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpProblem('invalid', kind(408), {
        en: 'The request did not arrive whole in time. Send it again.',
        ja: 'リクエスト全体が時間内に届きませんでした。もう一度送信してください。',
      });
    case 'HPE_HEADER_OVERFLOW':
      return new HttpProblem('invalid', kind(431), {
        en: 'The head of the request is too long. Send fewer or shorter headers, or a shorter address.',
        ja: 'リクエストのヘッダーが長すぎます。ヘッダーやアドレスを短くしてください。',
      });
    case undefined:
    default:
      return new HttpProblem('invalid', kind(400), {
        en: 'This is not a request in HTTP/1.1.',
        ja: 'HTTP/1.1 のリクエストではありません。',
      });
  }
}

const kind = (status: number) => ({ slug: 'invalid', status, title: STATUS_CODES[status] ?? '' }) as const;
