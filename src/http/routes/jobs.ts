import { Type } from 'typebox';
import { AppError } from '../../errors.ts';
import type { ApiParts } from '../api-parts.ts';
import type { JobParts } from '../begin.ts';
import type { ApiServer } from '../route-types.ts';
import { exactly } from '../schemas/common.ts';
import { JobBody, jobView, KNOWLEDGE_JOB, knowledgeJobView } from '../schemas/job.ts';

const tags = ['jobs'];
const MOST_KNOWLEDGE_JOBS = 100;

export function jobRoutes(server: ApiServer, { jobs, library }: ApiParts & JobParts): void {
  server.get(
    '/api/jobs',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'Jobs that the API began in the last 24 hours, and what is being taken in or forgotten now',
        response: { 200: Type.Object({ jobs: Type.Array(JobBody) }) },
      },
    },
    async () => {
      const knowledge = library().openJobs().slice(0, MOST_KNOWLEDGE_JOBS);
      return { jobs: [...jobs.list().map(jobView), ...knowledge.map(knowledgeJobView)] };
    },
  );

  server.get(
    '/api/jobs/:id',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'How far a job is, and what came of it',
        params: exactly({ id: Type.String({ pattern: '^[\\w-]{1,64}$' }) }),
        response: { 200: JobBody },
      },
    },
    async ({ params: { id } }) => {
      const job = jobs.find(id);
      if (job !== null) return jobView(job);
      const [, number] = KNOWLEDGE_JOB.exec(id) ?? [];
      const stored = number === undefined ? null : library().job(Number(number));
      if (stored !== null) return knowledgeJobView(stored);
      throw new AppError(
        'not_found',
        `There is no job ${id}. Jobs of backups are remembered for 24 hours and until the bot restarts.`,
      );
    },
  );
}
