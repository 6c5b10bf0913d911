import { Type } from 'typebox';
import type { ApiParts } from '../api-parts.ts';
import { callerOf } from '../auth.ts';
import type { JobParts } from '../begin.ts';
import type { Events } from '../events.ts';
import { createOverview } from '../overview.ts';
import type { ApiServer } from '../route-types.ts';
import { exactly } from '../schemas/common.ts';
import { LogLineBody, logLineView, Overview } from '../schemas/overview.ts';

const tags = ['dashboard'];

export function dashboardRoutes(server: ApiServer, parts: ApiParts & JobParts, events: Events): void {
  const overview = createOverview(parts);

  server.get(
    '/api/overview',
    {
      config: { scope: 'read' },
      schema: { tags, summary: 'All that the dashboard shows', response: { 200: Overview } },
    },
    () => overview(),
  );

  server.get(
    '/api/log',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'The last lines of the log, oldest first, with secrets masked',
        querystring: exactly({ limit: Type.Integer({ minimum: 1, maximum: 500, default: 200 }) }),
        response: { 200: Type.Object({ lines: Type.Array(LogLineBody) }) },
      },
    },
    async ({ query: { limit } }) => ({ lines: parts.logTail.lines().slice(-limit).map(logLineView) }),
  );

  server.get(
    '/api/events',
    {
      config: { scope: 'read' },
      exposeHeadRoute: false, // a stream has no end to be told of
      schema: {
        tags,
        summary: 'Server-sent events: job, status, alerts, backups and, with the scope operate, log',
        response: {
          200: { description: 'A stream', content: { 'text/event-stream': { schema: Type.Unsafe<never>({}) } } },
        },
      },
    },
    async (request, reply) => {
      const stream = events.open({ caller: callerOf(request), isStillIn: request.isStillIn ?? (() => true) });
      return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream);
    },
  );
}
