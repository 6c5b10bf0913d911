import type { FastifyInstance } from 'fastify';
import { CLIENT_PATHS, type UploadResult } from '../client-protocol.ts';
import { DiscordError, discordError } from '../discord-error.ts';
import { readBody } from '../rest/body.ts';
import type { World } from '../state/world.ts';
import { toClientAttachment } from './views.ts';

/** Shown in the page; anything else is downloaded, as an uploaded page must not run as one of ours. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'text/plain']);

/** Files go up before a message or command names them, and come down by the link that messages carry. */
export function registerFileRoutes(fastify: FastifyInstance, world: World): void {
  fastify.setErrorHandler((error, _request, reply) => {
    const isTooLarge = (error as { statusCode?: number }).statusCode === 413;
    const known = isTooLarge ? discordError('entityTooLarge') : error;
    if (known instanceof DiscordError) return reply.code(known.status).send(known.toJSON());
    const { statusCode = 500, message } = error as { statusCode?: number; message?: string };
    if (statusCode < 500) return reply.code(statusCode).send({ message: `${statusCode}: ${message ?? ''}`, code: 0 });
    reply.log.error(error);
    return reply.code(500).send({ message: '500: Internal Server Error', code: 0 });
  });
  fastify.post(CLIENT_PATHS.uploads, async (request, reply) => {
    const { files } = await readBody(request);
    const [file] = files.values();
    if (file === undefined) throw new DiscordError(400, 50035, 'Send one file as multipart/form-data.');
    const stored = world.files.put(file);
    const result: UploadResult = { uploadId: stored.id, attachment: toClientAttachment(stored) };
    return reply.code(201).send(result);
  });
  // The name is for people; as a parameter of its own it could have no more than 100 characters.
  fastify.get<{ Params: { id: string } }>(`${CLIENT_PATHS.attachments}/:id/*`, (request, reply) => {
    const kept = world.files.get(request.params.id);
    if (kept === undefined) throw discordError('notFound');
    const { filename, contentType } = kept.file;
    const isShown = SHOWN.has(contentType.split(';')[0] ?? '');
    return reply
      .header('content-type', contentType)
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "sandbox; default-src 'none'")
      .header('cross-origin-resource-policy', 'same-origin')
      .header('cache-control', 'private, max-age=3600')
      .header(
        'content-disposition',
        `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(filename)}`,
      )
      .send(kept.bytes);
  });
}
