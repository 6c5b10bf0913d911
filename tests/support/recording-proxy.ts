import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

export interface RecordingProxy {
  readonly origin: string;
  /** `POST /api/v2/…`, with the headers that came along. */
  readonly requests: { readonly line: string; readonly headers: Readonly<Record<string, unknown>> }[];
  /** The most requests that were under way at the same time. */
  atOnce: number;
  /** The next request whose line matches is answered so, and not handed on. */
  answerNext(line: RegExp, status: number, body: unknown): void;
}

/** Hands requests on to a server, and tells what they were. */
export async function openRecordingProxy(t: TestContext, target: string): Promise<RecordingProxy> {
  let underWay = 0;
  let own: { readonly line: RegExp; readonly status: number; readonly body: unknown } | null = null;
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    proxy.requests.push({ line: `${method} ${url}`, headers });
    underWay += 1;
    proxy.atOnce = Math.max(proxy.atOnce, underWay);
    response.once('close', () => (underWay -= 1));
    if (own?.line.test(`${method} ${url}`) === true) {
      const { status, body } = own;
      own = null;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return;
    }
    handOn(request, response).catch(() => response.destroy());
  });
  async function handOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '/', headers } = request;
    const body = await buffer(request);
    const onward = forward(target + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    response.once('close', () => onward.destroy());
    onward.once('error', () => response.destroy());
    onward.end(body);
  }
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const proxy: RecordingProxy = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    atOnce: 0,
    answerNext: (line, status, body) => (own = { line, status, body }),
  };
  return proxy;
}
