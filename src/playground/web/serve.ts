import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { isForwarded } from '../own-host.ts';

const forLocalUse =
  'The playground is for this machine alone: whoever opens it is an operator, so it takes nothing from a proxy. ' +
  'Open it directly, at http://127.0.0.1 and its port.\n' +
  'プレイグラウンドはこのマシン専用です。開いた人は運営者と同じ操作ができるため、プロキシ経由では利用できません。' +
  'http://127.0.0.1 とポート番号で直接開いてください。\n';
const here = import.meta.dirname;

/** Nothing but this server: no inline scripts, no other origin, no frames. `style` attributes are set through the CSSOM. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const contentTypes = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  ts: 'text/javascript; charset=utf-8',
} as const;
type Extension = keyof typeof contentTypes;

/** Folder names, then one file name: no dots in front, so nothing outside this folder can be named. */
const assetPath = /^(client|styles)(?:\/[a-z][a-z0-9-]*)*\/[a-z][a-z0-9-]*\.(ts|css)$/;

/**
 * The playground's page: `/`, `/web/client/**.ts` (its modules, as JavaScript), `/web/styles/*.css`, `/web/icon.svg`.
 * There is no build step: types are blanked out when a module is first asked for, so lines and columns stay true.
 */
export function webClient(): FastifyPluginAsync {
  const modules = new Map<string, Promise<string>>();

  function load(path: string, extension: Extension): Promise<string> {
    const known = modules.get(path);
    if (known) return known;
    const loading = readFile(join(here, path), 'utf8').then((text) => (extension === 'ts' ? stripTypes(text) : text));
    modules.set(path, loading);
    loading.catch(() => modules.delete(path));
    return loading;
  }

  async function send(reply: FastifyReply, path: string, extension: Extension) {
    void reply
      .header('content-security-policy', contentSecurityPolicy)
      .header('cache-control', 'no-cache')
      .type(contentTypes[extension]);
    return load(path, extension);
  }

  return async (server) => {
    server.addHook('onRequest', async ({ raw }, reply) => {
      if (isForwarded(raw)) await reply.code(403).type('text/plain; charset=utf-8').send(forLocalUse);
    });
    server.get('/', (_request, reply) => send(reply, 'index.html', 'html'));
    server.get('/favicon.ico', (_request, reply) => send(reply, 'icon.svg', 'svg'));
    server.get('/web/icon.svg', (_request, reply) => send(reply, 'icon.svg', 'svg'));
    server.get<{ Params: { '*': string } }>('/web/*', async (request, reply) => {
      const path = request.params['*'];
      const extension = assetPath.exec(path)?.[2];
      if (extension !== 'ts' && extension !== 'css') return notFound(reply);
      try {
        return await send(reply, path, extension);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return notFound(reply);
        throw error;
      }
    });
  };
}

function notFound(reply: FastifyReply) {
  return reply.code(404).type('text/plain').send('There is no such file.\n');
}

/** Node announces this function as experimental once per process; those who start the bot need not read that. */
function stripTypes(source: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
