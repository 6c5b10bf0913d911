import { Type } from 'typebox';
import { AppError } from '../../errors.ts';
import { audited } from '../../health/audit-model.ts';
import { callerOf, requesterOf } from '../auth.ts';
import type { ApiParts } from '../api-parts.ts';
import type { ApiServer } from '../route-types.ts';
import { exactly, GuildId, nullable } from '../schemas/common.ts';
import { AnswerBody, answerView, PassageBody, passageView } from '../schemas/knowledge.ts';
import { guildOf } from './knowledge.ts';

const tags = ['knowledge'];
const guild = Type.Optional(GuildId);
const AT_ONCE = 4;
const questionsBusy = {
  en: `${AT_ONCE} questions are being answered. Try again in a moment.`,
  ja: `${AT_ONCE} 件の質問に回答しています。少し待ってからもう一度お試しください。`,
};

/** Searching and asking; both end when the caller has gone. */
export function questionRoutes(server: ApiServer, parts: ApiParts): void {
  const { library, answers } = parts;
  let asking = 0;
  dismissalRoutes(server, parts);

  server.get(
    '/api/knowledge/search',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'Passages that fit a question best, without an answer',
        querystring: exactly({
          guild,
          q: Type.String({ minLength: 1, maxLength: 2000 }),
          limit: Type.Integer({ minimum: 1, maximum: 20, default: 5 }),
        }),
        response: {
          200: Type.Object({
            passages: Type.Array(PassageBody),
            vectors: Type.Boolean({ description: 'False when words alone were searched; `notice` says why' }),
            notice: nullable(Type.String()),
          }),
        },
      },
    },
    async ({ query }, reply) => {
      const { passages, vectors, notice } = await library().search(
        guildOf(parts, query.guild),
        query.q,
        query.limit,
        goneOf(reply.raw),
      );
      return { passages: passages.map(passageView), vectors, notice: notice?.en ?? null };
    },
  );

  server.post(
    '/api/knowledge/ask',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Ask, and be answered with sources; it is recorded like any question',
        body: exactly({
          guild,
          question: Type.String({ minLength: 1, maxLength: 6000 }),
          language: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('ja')])),
        }),
        response: { 200: AnswerBody },
      },
    },
    async (request, reply) => {
      const { question, language: locale = 'en' } = request.body;
      if (asking >= AT_ONCE) throw new AppError('busy', questionsBusy, { retryAfterMs: 5_000 });
      asking += 1;
      try {
        const asked = answers().ask({
          guildId: guildOf(parts, request.body.guild),
          channelId: 'api',
          userId: requesterOf(callerOf(request)).id,
          question,
          locale,
          conversation: [],
          signal: goneOf(reply.raw),
        });
        for await (const event of asked) if (event.kind === 'final') return answerView(event.answer);
        throw new AppError('internal', 'The question ended without an answer.');
      } finally {
        asking -= 1;
      }
    },
  );
}

/** Questions that nobody could answer, and that nobody has to. */
function dismissalRoutes(server: ApiServer, parts: ApiParts): void {
  const body = exactly({ guild, id: Type.String({ pattern: '^[0-9a-f]{32}$' }) });
  for (const [path, summary] of [
    ['dismiss', 'Put an unanswered question aside: it is listed nowhere any more, however often it is asked'],
    ['bring-back', 'List a dismissed question again'],
  ] as const) {
    server.post(
      `/api/knowledge/unanswered/${path}`,
      { config: { scope: 'operate' }, schema: { tags, summary, body, response: { 204: Type.Null() } } },
      async (request, reply) => {
        const guildId = guildOf(parts, request.body.guild);
        const by = requesterOf(callerOf(request)).id;
        const { id } = request.body;
        await audited(parts.audit, { action: `unanswered ${path}`, by, guild: guildId, detail: id }, () =>
          path === 'dismiss'
            ? parts.insights().dismiss(guildId, id, parts.clock())
            : parts.insights().bringBack(guildId, id),
        );
        return reply.code(204).send(null);
      },
    );
  }
}

/** Aborted when nobody listens to the answer any more. */
function goneOf(response: { on(event: 'close', listener: () => void): unknown }): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  return gone.signal;
}
