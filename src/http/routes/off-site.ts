import type { Stage } from '../../backup/api.ts';
import type { SyncProgress } from '../../backup/offsite/api.ts';
import type { ApiParts } from '../api-parts.ts';
import { begin, type JobParts } from '../begin.ts';
import type { ApiServer } from '../route-types.ts';
import { bothOf } from '../schemas/common.ts';
import { JobBody } from '../schemas/job.ts';

/** As the stages of other jobs are called. */
const STAGES: Readonly<Record<SyncProgress['stage'], Stage>> = {
  waiting: 'waiting',
  listing: 'checking',
  packing: 'compressing',
  sending: 'sending',
  reading: 'verifying',
  removing: 'retention',
};

/** Copies off the machine. */
export function offSiteRoutes(server: ApiServer, parts: ApiParts & JobParts): void {
  const { offSite } = parts;
  server.post(
    '/api/backup/sync',
    {
      config: { scope: 'operate' },
      schema: {
        tags: ['backups'],
        summary: 'Send the copies off this machine that are not there yet, now; beside whatever else runs',
        response: { 202: JobBody },
      },
    },
    (request, reply) => {
      return begin(request, reply, parts, {
        kind: 'sync',
        backup: null,
        action: 'backups sync',
        async work(report) {
          const onProgress = ({ stage, doneBytes, totalBytes }: SyncProgress) =>
            report({ stage: STAGES[stage], doneBytes, totalBytes });
          const results = await offSite().sync({ onProgress });
          return {
            vaults: results.map(({ vault, label, sent, removed, problems }) => ({
              name: vault,
              label,
              sent: [...sent],
              removed: [...removed],
              problems: problems.map(bothOf),
            })),
          };
        },
      });
    },
  );
}
