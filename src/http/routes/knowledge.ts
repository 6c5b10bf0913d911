import { Type } from 'typebox';
import { AppError } from '../../errors.ts';
import type { AddRequest } from '../../knowledge/api.ts';
import { audited } from '../../health/audit-model.ts';
import { callerOf, requesterOf } from '../auth.ts';
import type { ApiParts } from '../api-parts.ts';
import { tooLarge } from '../problem.ts';
import type { ApiServer } from '../route-types.ts';
import { exactly, GuildId, nullable, Offset } from '../schemas/common.ts';
import { JobBody, knowledgeJobView } from '../schemas/job.ts';
import { DocumentBody, documentView } from '../schemas/knowledge.ts';

const tags = ['knowledge'];
const guild = Type.Optional(GuildId);
const Added = Type.Object({ document: DocumentBody, job: nullable(JobBody), duplicate: Type.Boolean() });
const place = {
  guild,
  title: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  url: Type.Optional(Type.String({ format: 'uri', maxLength: 2000, pattern: '^https?://' })),
};
/** What JSON adds to a text: escapes and field names. */
const JSON_SHARE = 2;

/** The server that is meant. @throws AppError `invalid` when it cannot be told */
export function guildOf({ guilds }: Pick<ApiParts, 'guilds'>, named: string | undefined): string {
  const id = named ?? guilds().homeId;
  if (id !== null) return id;
  throw new AppError('invalid', 'Which server? Name it with guild=ID; GET /api/knowledge/guilds lists them.');
}

/** What the bot knows: listing, teaching, forgetting. */
export function knowledgeRoutes(server: ApiServer, parts: ApiParts): void {
  const { library, audit, documentBytes } = parts;
  for (const type of [/^text\//, 'application/octet-stream'])
    server.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: documentBytes }, (_request, body, done) =>
      done(null, body),
    );

  const add = (request: Parameters<typeof callerOf>[0], given: Omit<AddRequest, 'addedBy'>) => {
    if (given.content.byteLength > documentBytes)
      throw tooLarge(`A document may have ${documentBytes} bytes; this one has ${given.content.byteLength}.`);
    const by = requesterOf(callerOf(request)).id;
    const store = () => {
      const { document, job, duplicate } = library().add({ ...given, addedBy: by });
      const found = job ?? null;
      return { document: documentView(document), job: found === null ? null : knowledgeJobView(found), duplicate };
    };
    const attempt = { action: 'knowledge add', by, guild: given.guildId };
    return audited(audit, attempt, store, ({ document }) => ({ detail: `#${document.id}` }));
  };

  server.get(
    '/api/knowledge/guilds',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'Servers that have documents, and the one that is meant when none is named',
        response: { 200: Type.Object({ home: nullable(Type.String()), guilds: Type.Array(Type.String()) }) },
      },
    },
    async () => {
      const { ids, homeId } = parts.guilds();
      return { home: homeId, guilds: [...ids] };
    },
  );

  server.get(
    '/api/knowledge',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'Documents of a server, newest first',
        querystring: exactly({
          guild,
          limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
          offset: Offset,
        }),
        response: {
          200: Type.Object({ guild: Type.String(), total: Type.Integer(), documents: Type.Array(DocumentBody) }),
        },
      },
    },
    async ({ query }) => {
      const guildId = guildOf(parts, query.guild);
      const { items, total } = library().list(guildId, { offset: query.offset, limit: query.limit });
      return { guild: guildId, total, documents: items.map(documentView) };
    },
  );

  server.post(
    '/api/knowledge',
    {
      config: { scope: 'operate' },
      bodyLimit: documentBytes * JSON_SHARE,
      schema: {
        tags,
        summary: 'Teach a text',
        body: exactly({
          ...place,
          text: Type.String({ minLength: 1 }),
        }),
        response: { 200: Added, 202: Added },
      },
    },
    async (request, reply) => {
      const { title = '', text, url = null } = request.body;
      const guildId = guildOf(parts, request.body.guild);
      const added = await add(request, { guildId, title, name: title, url, content: Buffer.from(text) });
      if (added.job !== null) reply.code(202).header('location', added.job.href);
      return added;
    },
  );

  server.post(
    '/api/knowledge/file',
    {
      config: { scope: 'operate' },
      bodyLimit: documentBytes,
      schema: {
        tags,
        summary: 'Teach a file: its bytes are the body',
        consumes: ['text/plain', 'text/markdown', 'text/html', 'application/octet-stream'],
        querystring: exactly({ ...place, name: Type.String({ minLength: 1, maxLength: 200 }) }),
        response: { 200: Added, 202: Added },
      },
    },
    async (request, reply) => {
      const { name, title = null, url = null } = request.query;
      if (!Buffer.isBuffer(request.body)) throw new AppError('invalid', 'Send the bytes of the file as the body.');
      const guildId = guildOf(parts, request.query.guild);
      const added = await add(request, { guildId, title, name, url, content: request.body });
      if (added.job !== null) reply.code(202).header('location', added.job.href);
      return added;
    },
  );

  const one = {
    params: exactly({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
    querystring: exactly({ guild }),
  };
  server.get(
    '/api/knowledge/:id',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'One document, with the beginning of what was taken from it',
        ...one,
        response: {
          200: Type.Object({ document: DocumentBody, job: nullable(JobBody), beginning: Type.Array(Type.String()) }),
        },
      },
    },
    async ({ params, query }) => {
      const { document, firstChunks, job } = library().show(guildOf(parts, query.guild), params.id);
      const beginning = firstChunks.map(({ text }) => text);
      return { document: documentView(document), job: job === null ? null : knowledgeJobView(job), beginning };
    },
  );

  server.delete(
    '/api/knowledge/:id',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Forget a document: gone from answers at once',
        ...one,
        response: { 200: DocumentBody },
      },
    },
    async (request) => {
      const guildId = guildOf(parts, request.query.guild);
      const by = requesterOf(callerOf(request)).id;
      const attempt = { action: 'knowledge remove', by, guild: guildId, detail: String(request.params.id) };
      return documentView(await audited(audit, attempt, () => library().remove(guildId, request.params.id)));
    },
  );
}
