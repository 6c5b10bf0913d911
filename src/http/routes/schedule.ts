import type { Schedule } from '../../backup/api.ts';
import { audited } from '../../health/audit-model.ts';
import { callerOf, requesterOf } from '../auth.ts';
import type { ApiParts } from '../api-parts.ts';
import type { ApiServer } from '../route-types.ts';
import { ScheduleBody, ScheduleChange, scheduleView } from '../schemas/backup.ts';

const tags = ['schedule'];
const response = { 200: ScheduleBody };

export function scheduleRoutes(server: ApiServer, { schedule, audit }: ApiParts): void {
  const change = (request: Parameters<typeof callerOf>[0], action: string, wanted: Partial<Schedule>) => {
    const by = requesterOf(callerOf(request));
    return audited(audit, { action: `schedule ${action}`, by: by.id }, () => {
      schedule().change(wanted, by);
      return scheduleView(schedule().current());
    });
  };

  for (const [verb, enabled] of [
    ['start', true],
    ['stop', false],
  ] as const) {
    server.post(
      `/api/backup/scheduler/${verb}`,
      {
        config: { scope: 'operate' },
        schema: {
          tags,
          summary: enabled ? 'Make backups by the schedule again' : 'Make no backups by the schedule any more',
          response,
        },
      },
      (request) => change(request, verb, { enabled }),
    );
  }

  server.get(
    '/api/backup/scheduler/configure',
    { config: { scope: 'read' }, schema: { tags, summary: 'When backups are made by themselves', response } },
    async () => scheduleView(schedule().current()),
  );

  server.post(
    '/api/backup/scheduler/configure',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Change when backups are made by themselves; what is left out stays',
        body: ScheduleChange,
        response,
      },
    },
    (request) => change(request, 'configure', request.body),
  );
}
