import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BackupProgress } from '../backup/api.ts';
import { AppError } from '../errors.ts';
import { audited, failureOf } from '../health/audit-model.ts';
import { callerOf, requesterOf } from './auth.ts';
import type { ApiParts } from './api-parts.ts';
import type { ApiJob, ApiJobKind, Jobs, JobRequest } from './jobs.ts';
import { otherJob } from './problem.ts';
import { jobView, type JobResultView, type JobView } from './schemas/job.ts';

export type Report = (progress: BackupProgress) => void;

export interface JobParts extends Pick<ApiParts, 'backups' | 'audit'> {
  readonly jobs: Jobs<JobResultView>;
}

export interface JobToBegin {
  readonly kind: ApiJobKind;
  readonly backup: string | null;
  /** As the audit log calls it. */
  readonly action: string;
  /** Throws what keeps it from being begun at all. */
  readonly admit?: () => Promise<unknown>;
  readonly work: JobRequest<JobResultView>['work'];
}

/**
 * Begins a long job and answers 202 with where to follow it. One runs at a time, whoever began it, but for sending copies.
 * What came of it is recorded, and that it was not begun, too.
 * @throws HttpProblem 409 that says what runs
 */
export async function begin(
  request: FastifyRequest,
  reply: FastifyReply,
  { jobs, backups, audit }: JobParts,
  { action, admit, work, ...job }: JobToBegin,
): Promise<JobView> {
  const caller = callerOf(request);
  const attempt = {
    action,
    by: requesterOf(caller).id,
    ...(job.backup === null ? {} : { backup: job.backup }),
  };
  let key: string | null;
  let same: ApiJob<JobResultView> | null;
  try {
    await admit?.();
    key = keyOf(request);
    same = jobs.withKey(caller, key);
    if (same !== null && (same.kind !== job.kind || same.backup !== job.backup))
      throw new AppError('conflict', keyIsUsed);
    if (same === null && job.kind !== 'sync') assertNothingRuns({ jobs, backups });
  } catch (error) {
    audit({ ...attempt, ...failureOf(error) });
    throw error;
  }
  const recorded = (report: Report) => audited(audit, attempt, () => work(report), nameOfMade);
  const view = jobView(same ?? jobs.start({ ...job, work: recorded, caller, key }));
  reply.code(202).header('location', view.href);
  return view;
}

/** A new backup has its name only when it is there. */
function nameOfMade(result: JobResultView): { readonly backup?: string } {
  return result.backup === undefined ? {} : { backup: result.backup.name };
}

/** Whether the request repeats one that has begun a job: then nothing else is asked of it. */
export function repeats(request: FastifyRequest, { jobs }: Pick<JobParts, 'jobs'>): boolean {
  return jobs.withKey(callerOf(request), keyOf(request)) !== null;
}

function assertNothingRuns({ jobs, backups }: Omit<JobParts, 'audit'>): void {
  const own = jobs.running();
  const running = backups().running() ?? (own === null ? null : { what: own.kind, ...(own.progress ?? waiting) });
  if (running === null) return;
  const words = {
    en: `A job of this kind is under way (${running.what}: ${running.stage}). Nothing was begun; one runs at a time.`,
    ja: `別のジョブを実行中です（${running.what}: ${running.stage}）。同時に実行できるジョブは 1 つだけなので、何も開始していません。`,
  };
  throw otherJob(words, { running, ...(own === null ? {} : { href: jobView(own).href }) });
}

const waiting = { stage: 'waiting', doneBytes: 0, totalBytes: 0 } as const;

function keyOf({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || key === '') return null;
  if (key.length > LONGEST_KEY)
    throw new AppError('invalid', `The Idempotency-Key has more than ${LONGEST_KEY} characters. Nothing was begun.`);
  return key;
}

const LONGEST_KEY = 200;
const keyIsUsed = {
  en: 'Nothing was begun: this Idempotency-Key has begun another job. Use a new key for each job.',
  ja: '何も開始していません。この Idempotency-Key は別のジョブで使われています。ジョブごとに新しいキーを使ってください。',
};
