import type { Library } from '../knowledge/api.ts';
import type { Job } from '../knowledge/model.ts';
import type { Clock } from '../knowledge/ports.ts';
import type { Log } from '../log.ts';
import { createLiveReply } from './live-reply.ts';
import { lastingPlace } from './lasting-place.ts';
import type { Outbox } from './outbox.ts';
import { jobView } from './progress-view.ts';
import { parseReplyAddress, replyKindOf } from './reply-address.ts';

/** Tells people how the jobs that they started are coming along. */
export interface Progress {
  /** Keeps the reply that a job came from up to date until the job is over. */
  follow(job: Job): void;
  /** After a restart: takes up again every job that somebody is waiting for. Returns how many. */
  resume(): number;
  close(): void;
}

export interface ProgressParts {
  readonly library: Library;
  readonly outbox: Outbox;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

export function createProgress({ library, outbox, intervalMs, clock, log }: ProgressParts): Progress {
  const stops = new Map<number, () => void>();

  function follow(job: Job): void {
    const address = parseReplyAddress(job.replyTo);
    if (address === null || stops.has(job.id)) return;
    const reply = createLiveReply(lastingPlace({ outbox, clock }, address, replyKindOf(address)), intervalMs, (error) =>
      log.debug('Progress could not be shown', { job: job.id, error }),
    );
    const stop = library.watchJob(job.id, tell);
    stops.set(job.id, stop);
    // It may have gone on, or ended, between being stored and being watched; a job that is not there has ended.
    tell(library.job(job.id) ?? { ...job, state: 'done' });

    function tell(now: Job): void {
      if (!stops.has(job.id) || reply.gone.aborted) return end();
      const view = jobView(now, titleOf(now), address ?? { locale: 'en' }, clock());
      if (now.state !== 'done' && now.state !== 'failed') return reply.show(view);
      end();
      reply
        .finish({ ...view, late: view })
        .catch((error: unknown) => log.warn('The end of a job could not be told', { job: job.id, error }));
    }

    function end(): void {
      stops.get(job.id)?.();
      stops.delete(job.id);
    }
  }

  function titleOf(job: Job) {
    if (job.documentId === null) return null;
    try {
      return library.show(job.guildId, job.documentId).document;
    } catch {
      return null; // removed in the meantime
    }
  }

  return {
    follow,
    resume() {
      for (const job of library.openJobs()) follow(job);
      return stops.size;
    },
    close() {
      for (const stop of stops.values()) stop();
      stops.clear();
    },
  };
}
