import { Type, type Static } from 'typebox';
import type { Job } from '../../knowledge/model.ts';
import type { ApiJob } from '../jobs.ts';
import { Backup, Keeps, Progress, Removals } from './backup.ts';
import { BothWords, iso, isoOrNull, Milliseconds, nullable, ProblemBody, Time } from './common.ts';
import { Finding } from './integrity.ts';

/** What came of it; which fields there are depends on the kind of job. */
export const JobResult = Type.Object({
  backup: Type.Optional(Backup),
  safety: Type.Optional(Backup),
  durationMs: Type.Optional(Milliseconds),
  documents: Type.Optional(Type.Integer()),
  questions: Type.Optional(Type.Integer()),
  removed: Type.Optional(Removals),
  kept: Type.Optional(Keeps),
  vaults: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        label: Type.String(),
        sent: Type.Array(Type.String(), { description: 'Got there and were read back' }),
        removed: Type.Array(Type.String()),
        problems: Type.Array(BothWords),
      }),
    ),
  ),
  findings: Type.Optional(Type.Array(Finding)),
});
export type JobResultView = Static<typeof JobResult>;

export const JobBody = Type.Object({
  id: Type.String(),
  href: Type.String({ description: 'Where to follow it' }),
  kind: Type.String({
    description: 'backup, verify, drill, restore, cleanup, sync, integrity; ingest, purge, reindex',
  }),
  state: Type.Union([Type.Literal('queued'), Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
  by: nullable(Type.String()),
  backup: nullable(Type.String()),
  guild: nullable(Type.String()),
  documentId: nullable(Type.Integer()),
  startedAt: Time,
  endedAt: nullable(Time),
  progress: nullable(Progress),
  /** Passages done of all, for knowledge. */
  done: nullable(Type.Integer()),
  total: nullable(Type.Integer()),
  result: nullable(JobResult),
  problem: nullable(ProblemBody),
});
export type JobView = Static<typeof JobBody>;

export function jobView(job: ApiJob<JobResultView>): JobView {
  const { id, kind, state, by, backup, startedAt, endedAt, progress, result, problem } = job;
  return {
    id,
    href: hrefOf(id),
    kind,
    state,
    by,
    backup,
    guild: null,
    documentId: null,
    startedAt: iso(startedAt),
    endedAt: isoOrNull(endedAt),
    progress: progress === null ? null : { ...progress },
    done: null,
    total: null,
    result,
    problem: problem === null ? null : { ...problem },
  };
}

/** Jobs of knowledge are durable and have numbers of their own. */
export const KNOWLEDGE_JOB = /^knowledge-(\d{1,15})$/;

export function knowledgeJobView(job: Job): JobView {
  const id = `knowledge-${job.id}`;
  const detail = job.failure ?? '';
  return {
    id,
    href: hrefOf(id),
    kind: job.kind,
    state: job.state,
    by: null,
    backup: null,
    guild: job.guildId,
    documentId: job.documentId,
    startedAt: iso(job.createdAt),
    endedAt: null,
    progress: { stage: job.step, doneBytes: 0, totalBytes: 0 },
    done: job.done,
    total: job.total,
    result: null,
    problem:
      job.state === 'failed'
        ? { type: 'urn:problem-type:nescordbot:invalid', title: 'The document was not taken in', status: 422, detail }
        : null,
  };
}

const hrefOf = (id: string): string => `/api/jobs/${id}`;
