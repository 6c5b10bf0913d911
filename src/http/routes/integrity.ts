import { Type } from 'typebox';
import type { ApiParts } from '../api-parts.ts';
import { begin, type JobParts } from '../begin.ts';
import type { ApiServer } from '../route-types.ts';
import { exactly } from '../schemas/common.ts';
import { findingView, IntegrityBody, integrityView } from '../schemas/integrity.ts';
import { JobBody } from '../schemas/job.ts';

const tags = ['integrity'];

/** What the nightly look at all that is kept has found, and looking now. */
export function integrityRoutes(server: ApiServer, parts: ApiParts & JobParts): void {
  const { integrity } = parts;

  server.get(
    '/api/integrity',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'Checks of database, index and stored backups for damage, newest first',
        querystring: exactly({ limit: Type.Integer({ minimum: 1, maximum: 100, default: 30 }) }),
        response: { 200: Type.Object({ reports: Type.Array(IntegrityBody) }) },
      },
    },
    async ({ query: { limit } }) => ({ reports: integrity().history().slice(0, limit).map(integrityView) }),
  );

  server.post(
    '/api/integrity/check',
    {
      config: { scope: 'operate' },
      schema: { tags, summary: 'Check now, and repair what can be made anew', response: { 202: JobBody } },
    },
    (request, reply) => {
      return begin(request, reply, parts, {
        kind: 'integrity',
        backup: null,
        action: 'integrity check',
        async work() {
          const { durationMs, findings } = await integrity().look();
          return { durationMs, findings: findings.map(findingView) };
        },
      });
    },
  );
}
