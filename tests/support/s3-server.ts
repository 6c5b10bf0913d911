import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { startFauxqs } from 'fauxqs';
import { signatureProblem } from './sigv4.ts';

export const KEYS = {
  accessKeyId: 'AKIATESTKEYID0000001',
  secretAccessKey: 'SecretThatMustNeverBeSeen/0123456789+abc',
};
export const BUCKET = 'bot-backups';

export interface S3Server {
  readonly endpoint: string;
  /** To the server behind, without a signature. */
  readonly direct: string;
  trouble: 'cut' | 'cut-once' | 'hang' | 'full' | 'slow-down' | null;
  /** Uploads in parts that were begun and neither completed nor aborted: id → key. */
  readonly unfinished: Map<string, { readonly key: string; readonly since: string }>;
  /** `PUT /bucket/key?…` with the names of the headers. */
  readonly requests: { readonly line: string; readonly headers: readonly string[] }[];
  /** Is called when an upload in parts has begun, before whoever began it hears of that. */
  onBegin: (() => void) | null;
}

const isArchive = (url: string) => url.includes('.tar.zst');
const MIDDLE_BYTES = 500_000;

/** A real S3 server (fauxqs), which believes every signature, behind a gate that believes none but the right one. */
export async function openS3Server(t: TestContext): Promise<S3Server> {
  const store = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false, init: { buckets: [BUCKET] } });
  t.after(() => store.stop());
  const gate = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    gate.closeAllConnections();
    await new Promise((resolve) => gate.close(resolve));
  });
  const server: S3Server = {
    endpoint: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
    direct: `http://127.0.0.1:${store.port}`,
    trouble: null,
    requests: [],
    unfinished: new Map(),
    onBegin: null,
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    server.requests.push({ line: `${method} ${url}`, headers: Object.keys(headers) });
    const isUpload = isArchive(url) && method === 'PUT';
    if (isUpload && server.trouble === 'hang') return; // neither reads nor answers
    if (isUpload && server.trouble === 'cut') return void request.once('data', () => request.destroy());
    if (isUpload && server.trouble === 'cut-once') {
      server.trouble = null;
      return void request.once('data', () => request.destroy());
    }
    const body = await buffer(request);
    const problem = signatureProblem(request, body, KEYS);
    if (problem !== null) return refuse(response, problem.status, problem.code);
    if (isUpload && server.trouble === 'full') return refuse(response, 403, 'QuotaExceeded');
    if (server.trouble === 'slow-down') return refuse(response, 503, 'SlowDown');
    if (method === 'GET' && /\?(?:.*&)?uploads=?(?:&|$)/.test(url)) return listUploads(response);
    await new Promise<void>((resolve, reject) => {
      const onward = forward(`${server.direct}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        if (answer.statusCode !== undefined && answer.statusCode < 300) void note(method, url, answer);
        let sent = 0;
        answer.on('data', (chunk: Buffer) => {
          const breaks = isArchive(url) && method === 'GET' && sent + chunk.length > MIDDLE_BYTES;
          sent += chunk.length;
          if (breaks && server.trouble === 'hang') return;
          response.write(chunk);
          if (breaks && (server.trouble === 'cut' || server.trouble === 'cut-once')) {
            if (server.trouble === 'cut-once') server.trouble = null;
            answer.destroy();
            response.destroy();
            resolve();
          }
        });
        answer.once('end', () => {
          if (server.trouble !== 'hang' || !isArchive(url) || method !== 'GET') response.end();
          resolve();
        });
      });
      onward.once('error', reject);
      onward.end(body);
    });
  }
  /** The server behind does not list them. */
  async function note(method: string, url: string, answer: IncomingMessage): Promise<void> {
    const { pathname, searchParams } = new URL(url, server.endpoint);
    const id = searchParams.get('uploadId');
    if (id !== null && (method === 'DELETE' || method === 'POST')) server.unfinished.delete(id);
    if (method !== 'POST' || !searchParams.has('uploads')) return;
    const begun = /<UploadId>([^<]+)</.exec(await text(answer))?.[1] ?? '';
    const key = decodeURIComponent(pathname.slice(BUCKET.length + 2));
    server.unfinished.set(begun, { key, since: new Date().toISOString() });
    server.onBegin?.();
  }

  function listUploads(response: ServerResponse): void {
    const uploads = [...server.unfinished].map(
      ([id, { key, since }]) =>
        `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${since}</Initiated></Upload>`,
    );
    const body = `<ListMultipartUploadsResult><Bucket>${BUCKET}</Bucket>${uploads.join('')}</ListMultipartUploadsResult>`;
    response.writeHead(200, { 'content-type': 'application/xml' }).end(body);
  }
  return server;
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
}
