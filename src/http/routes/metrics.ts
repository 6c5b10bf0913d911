import { Type } from 'typebox';
import type { Metrics } from '../metrics.ts';
import type { ApiServer } from '../route-types.ts';

export function metricsRoute(server: ApiServer, metrics: Metrics): void {
  server.get(
    '/metrics',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['dashboard'],
        summary: "Figures for Prometheus, in its text format; scrape with the token as `authorization`'s credentials",
        response: { 200: { description: 'Text', content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send((await metrics.render()) as never),
  );
}
