import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash, randomInt, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { tempFolder } from './temp-store.ts';

/** Another one each time: who looks for it among all processes finds none of another run. */
export const TOKEN = `ghp_TestTokenThatMustNeverBeSeen${String(randomInt(1e10)).padStart(10, '0')}`;

/** Answers of GitHub, as it phrases them. */
const GITHUB_SAYS = {
  overQuota:
    'This repository is over its data quota. Account responsible for LFS bandwidth should purchase more data packs to restore access.',
  noWrite: 'Write access to repository not granted.',
  rateLimit: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
};

export interface LfsServer {
  /** Of the repository: `http://127.0.0.1:1234/mika/bot-data.git`. */
  readonly url: string;
  /** The bare repository on the server. */
  readonly repository: string;
  /** Of LFS objects, `aa/bb/oid`. */
  readonly objects: string;
  trouble: 'cut' | 'hang' | 'full' | 'slow' | 'read-only' | 'rate-limit' | null;
  /** Authorization headers that reached the storage host, which must be none. */
  readonly leaked: string[];
  /** `GET /…` and the rest, as they came. */
  readonly requests: string[];
  /** Is called when an archive begins to arrive. */
  onUpload: (() => void) | null;
}

export function whyNoGitLfs(): string | undefined {
  try {
    execFileSync('git', ['lfs', 'version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'git or git-lfs is not installed';
  }
}

/** Git over HTTP by git's own backend, and Git LFS with a storage host beside it, which both want what GitHub wants. */
export async function openLfsServer(t: TestContext): Promise<LfsServer> {
  const root = tempFolder(t);
  const repository = join(root, 'mika', 'bot-data.git');
  const objects = join(root, 'lfs');
  mkdirSync(objects);
  execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', repository]);
  for (const setting of ['uploadpack.allowFilter', 'uploadpack.allowAnySHA1InWant', 'http.receivepack'])
    execFileSync('git', ['-C', repository, 'config', setting, 'true']);
  const backend = join(execFileSync('git', ['--exec-path']).toString().trim(), 'git-http-backend');
  const authorization = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;
  const signature = randomUUID();
  const fileOf = (oid: string) => join(objects, oid.slice(0, 2), oid.slice(2, 4), oid);

  const storage = createServer((request, response) => void store(request, response).catch(() => response.destroy()));
  const front = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  const [storageUrl, frontUrl] = [await listen(t, storage), await listen(t, front)];
  const server: LfsServer = {
    url: `${frontUrl}/mika/bot-data.git`,
    repository,
    objects,
    trouble: null,
    leaked: [],
    requests: [],
    onUpload: null,
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', frontUrl);
    server.requests.push(`${request.method} ${url.pathname}${url.search}`);
    if (request.headers.authorization !== authorization) {
      request.resume();
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end('Bad credentials');
      return;
    }
    if (url.pathname === '/mika/bot-data.git/info/lfs/objects/batch') return batch(request, response);
    if (!url.pathname.startsWith('/mika/bot-data.git/')) {
      request.resume();
      response.writeHead(404).end('Not Found');
      return;
    }
    if (server.trouble === 'read-only' && `${url.search}${url.pathname}`.includes('receive-pack')) {
      request.resume();
      response.writeHead(403, { 'content-type': 'text/plain' }).end(`${GITHUB_SAYS.noWrite}\n`);
      return;
    }
    return runBackend(request, response, url);
  }

  async function batch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = JSON.parse(await text(request)) as {
      operation: 'upload' | 'download';
      objects: { oid: string; size: number }[];
    };
    const json = (status: number, body: object) =>
      void response.writeHead(status, { 'content-type': 'application/vnd.git-lfs+json' }).end(JSON.stringify(body));
    if (server.trouble === 'full' && asked.operation === 'upload') return json(403, { message: GITHUB_SAYS.overQuota });
    if (server.trouble === 'rate-limit') return json(429, { message: GITHUB_SAYS.rateLimit });
    const header = { 'X-Signature': signature };
    json(200, {
      transfer: 'basic',
      objects: asked.objects.map(({ oid, size }) => {
        const href = `${storageUrl}/${oid}`;
        const isThere = existsSync(fileOf(oid));
        if (asked.operation === 'download' && !isThere)
          return { oid, size, error: { code: 404, message: 'Object does not exist on the server' } };
        if (asked.operation === 'upload' && isThere) return { oid, size };
        return { oid, size, actions: { [asked.operation]: { href, header } } };
      }),
    });
  }

  async function store(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== undefined) server.leaked.push(request.headers.authorization);
    const oid = /^\/([0-9a-f]{64})$/.exec(request.url ?? '')?.[1];
    if (oid === undefined || request.headers['x-signature'] !== signature) {
      response.writeHead(403).end();
      return;
    }
    if (request.method === 'GET') return send(request, response, fileOf(oid));
    const partial = join(objects, `${oid}.${randomUUID()}.partial`);
    let received = 0;
    server.onUpload?.();
    async function* watched() {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        received += chunk.length;
        if (server.trouble === 'cut' && received > 500_000) request.destroy();
        if (server.trouble === 'hang' && received > 500_000) await new Promise(() => undefined);
        if (server.trouble === 'slow') await new Promise((resolve) => setTimeout(resolve, 15));
        yield chunk;
      }
    }
    await pipeline(watched, createWriteStream(partial));
    mkdirSync(join(fileOf(oid), '..'), { recursive: true });
    renameSync(partial, fileOf(oid));
    response.writeHead(200).end();
  }

  async function send(request: IncomingMessage, response: ServerResponse, file: string): Promise<void> {
    const size = statSync(file).size;
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (server.trouble === 'cut' || server.trouble === 'hang') {
      response.writeHead(200, { 'content-length': size });
      for await (const chunk of createReadStream(file, { end: size / 2 })) response.write(chunk);
      if (server.trouble === 'cut') setImmediate(() => response.destroy());
      return;
    }
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': size - start,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${size - 1}/${size}` } : {}),
    });
    await pipeline(createReadStream(file, { start }), response);
  }

  async function runBackend(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { headers } = request;
    const child = spawn(backend, [], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        REMOTE_USER: 'mika',
        REQUEST_METHOD: request.method,
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: headers['content-type'] ?? '',
        ...(headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: headers['content-length'] }),
        HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      },
    });
    void pipeline(request, child.stdin).catch(() => undefined);
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
    const output = Buffer.concat(chunks);
    const end = output.indexOf('\r\n\r\n');
    const head = output.toString('latin1', 0, end).split('\r\n');
    const fields = head.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
    const status = fields.find(([name]) => name === 'Status')?.[1] ?? '200';
    for (const [name = '', value = ''] of fields) if (name !== 'Status') response.setHeader(name, value);
    response.writeHead(Number(status.slice(0, 3))).end(output.subarray(end + 4));
  }
  return server;
}

async function listen(t: TestContext, server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const run = promisify(execFile);

/** Runs git in the server's repository. */
export async function gitOn(repository: string, args: readonly string[], stdin?: string): Promise<string> {
  const identity = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org'];
  const running = run('git', [...identity, '-C', repository, ...args], { maxBuffer: 1e8 });
  running.child.stdin?.on('error', () => undefined).end(stdin ?? '');
  return (await running).stdout;
}

/** Somebody commits a file on the server, as through GitHub's pages. */
export async function commitOnServer(repository: string, path: string, text: string): Promise<void> {
  const object = (await gitOn(repository, ['hash-object', '-w', '--stdin'], text)).trim();
  const tip = (await gitOn(repository, ['for-each-ref', '--format=%(objectname)', 'refs/heads/main'])).trim();
  const index = join(repository, 'test-index');
  const withIndex = async (args: readonly string[], stdin?: string) => {
    const running = run('git', ['-C', repository, ...args], { env: { ...process.env, GIT_INDEX_FILE: index } });
    running.child.stdin?.on('error', () => undefined).end(stdin ?? '');
    return (await running).stdout.trim();
  };
  await withIndex(tip === '' ? ['read-tree', '--empty'] : ['read-tree', tip]);
  await withIndex(['update-index', '--index-info'], `100644 ${object}\t${path}\n`);
  const tree = await withIndex(['write-tree']);
  const parent = tip === '' ? [] : ['-p', tip];
  const commit = (await gitOn(repository, ['commit-tree', tree, ...parent, '-m', `Add ${path}`])).trim();
  await gitOn(repository, ['update-ref', 'refs/heads/main', commit]);
}

export const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export const unfinishedIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.partial') || name.startsWith('.')) : [];
