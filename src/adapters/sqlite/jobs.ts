import type { Database } from 'better-sqlite3';
import { AppError } from '../../errors.ts';
import type { Job, JobKind } from '../../knowledge/model.ts';
import type { JobStore } from '../../knowledge/store-ports.ts';
import { createRepeatable } from './repeatable.ts';
import { toFailure, toJob } from './rows.ts';
import type { JobRow } from './rows.ts';

export interface Jobs extends JobStore {
  addJob(kind: JobKind, guildId: string, documentId: number | null, now: number, replyTo?: string | null): Job;
  /** The queued or running job of a document that is not being removed. */
  unfinished(documentId: number): Job | null;
  /** The queued or running job that removes a document. */
  removal(documentId: number): Job | null;
  /** Work on a document that has just been removed need not begin. */
  cancelQueued(documentId: number, now: number): void;
  /** It is not removed after all. */
  cancelRemoval(documentId: number, now: number): void;
}

const kinds: readonly JobKind[] = ['ingest', 'purge', 'reindex'];
const keptMs = 30 * 24 * 3_600_000;
const MOST_WAIT_MS = 25 * 3_600_000;
/** A document that is brought back while it is being removed from the index is indexed after that. */
const nothingBefore = `(kind = 'purge' OR NOT EXISTS (
  SELECT 1 FROM jobs AS other WHERE other.document_id = jobs.document_id AND other.kind = 'purge' AND other.state = 'running'))`;

export function createJobs(db: Database): Jobs {
  const insert = db.prepare<[JobKind, string, number | null, number, number, string | null], JobRow>(
    `INSERT INTO jobs (kind, guild_id, document_id, created_at, not_before, reply_to) VALUES (?, ?, ?, ?, ?, ?)
     RETURNING *`,
  );
  const same = db.prepare<[JobKind, number | null], JobRow>(
    "SELECT * FROM jobs WHERE kind = ? AND document_id = ? AND state IN ('queued', 'running')",
  );
  const byId = db.prepare<[number], JobRow>('SELECT * FROM jobs WHERE id = ?');
  const unfinished = db.prepare<[number], JobRow>(
    `SELECT * FROM jobs WHERE document_id = ? AND state IN ('queued', 'running') AND kind <> 'purge'
     ORDER BY id DESC LIMIT 1`,
  );
  const lastFailed = db.prepare<[number], JobRow>(
    "SELECT * FROM jobs WHERE document_id = ? AND state = 'failed' ORDER BY id DESC LIMIT 1",
  );
  const cancel = db.prepare<[number, number]>(
    `UPDATE jobs SET state = 'done', step = 'done', finished_at = ?
     WHERE document_id = ? AND state = 'queued' AND kind <> 'purge'`,
  );
  const cancelPurge = db.prepare<[number, number]>(
    `UPDATE jobs SET state = 'done', step = 'done', finished_at = ?
     WHERE document_id = ? AND state = 'queued' AND kind = 'purge'`,
  );
  // Nothing waits for so long: what does was written under a clock that ran ahead.
  const take = db.prepare<[number, number, string], JobRow>(
    `UPDATE jobs SET state = 'running' WHERE id = (
       SELECT id FROM jobs WHERE state = 'queued' AND NOT (not_before > ? AND not_before <= ?) AND kind IN (SELECT value FROM json_each(?))
         AND ${nothingBefore}
       ORDER BY kind = 'reindex', id LIMIT 1)
     RETURNING *`,
  );
  const nextAt = db
    .prepare<[string], number | null>(
      `SELECT min(not_before) FROM jobs WHERE state = 'queued' AND kind IN (SELECT value FROM json_each(?))
       AND ${nothingBefore}`,
    )
    .pluck();
  // Progress shows that the job is well again: crashes before it count no longer.
  const update = db.prepare<[Record<string, string | number | null>]>(
    `UPDATE jobs SET step = coalesce(:step, step), done = coalesce(:done, done), total = coalesce(:total, total),
       interruptions = CASE WHEN :done > done OR :step <> step THEN 0 ELSE interruptions END,
       reply_to = CASE WHEN :hasReply THEN :replyTo ELSE reply_to END WHERE id = :id`,
  );
  const finish = db.prepare<[number, number]>(
    "UPDATE jobs SET state = 'done', step = 'done', failure = NULL, finished_at = ? WHERE id = ?",
  );
  const fail = db.prepare<[string | null, number, number]>(
    "UPDATE jobs SET state = 'failed', failure = ?, finished_at = ? WHERE id = ?",
  );
  const requeue = db.prepare<[number, number, string | null, number]>(
    `UPDATE jobs SET state = 'queued', not_before = ?, attempts = attempts + ?, failure = coalesce(?, failure)
     WHERE id = ?`,
  );
  const rest = db.prepare<[number, number]>(
    "UPDATE jobs SET state = 'queued', not_before = ?, attempts = 0, failure = NULL WHERE id = ?",
  );
  const hasten = db.prepare<[number, number]>(
    "UPDATE jobs SET not_before = min(not_before, ?) WHERE id = ? AND state = 'queued'",
  );
  // Whoever starts the program may have put right what jobs wait for: a key, a model's name, a paid quota.
  const tryAgain = db.prepare<[number]>(
    `UPDATE jobs SET not_before = min(not_before, ?)
     WHERE state = 'queued' AND failure IS NOT NULL AND interruptions = 0`,
  );
  // From the third interruption in a row: 5, 10, 20 … seconds, so that what kills the process lets it start in peace.
  const recover = db.prepare<[number]>(
    `UPDATE jobs SET state = 'queued', interruptions = interruptions + 1, not_before = CASE WHEN interruptions >= 2
       THEN max(not_before, ? + (5000 << min(interruptions - 2, 6))) ELSE not_before END
     WHERE state = 'running'`,
  );
  const forget = db.prepare<[number]>("DELETE FROM jobs WHERE state IN ('done', 'failed') AND finished_at < ?");
  const open = db.prepare<[string | null, string | null, number], JobRow>(
    `SELECT * FROM jobs WHERE state IN ('queued', 'running') AND (? IS NULL OR guild_id = ?)
     AND NOT (kind = 'purge' AND state = 'queued' AND failure IS NULL AND not_before > created_at)
     ORDER BY id LIMIT ?`,
  );

  const countOpen = db
    .prepare<[JobKind], number>("SELECT count(*) FROM jobs WHERE kind = ? AND state IN ('queued', 'running')")
    .pluck();

  const repeatable = createRepeatable(db);

  const addJob = db.transaction<Jobs['addJob']>((kind, guildId, documentId, now, replyTo = null) => {
    const row = same.get(kind, documentId) ?? insert.get(kind, guildId, documentId, now, now, replyTo);
    if (!row) throw new AppError('internal', 'SQLite returned no row for a job that it stored.');
    return toJob(row);
  });

  return {
    addJob: (...given) => addJob.immediate(...given),
    unfinished: (documentId) => orNull(unfinished.get(documentId)),
    removal: (documentId) => orNull(same.get('purge', documentId)),
    cancelQueued: (documentId, now) => void cancel.run(now, documentId),
    cancelRemoval: (documentId, now) => void cancelPurge.run(now, documentId),
    takeJob: (now, of = kinds) => orNull(repeatable(() => take.get(now, now + MOST_WAIT_MS, JSON.stringify(of)))),
    job: (id) => orNull(byId.get(id)),
    documentJob: (documentId) => orNull(unfinished.get(documentId) ?? lastFailed.get(documentId)),
    updateJob(id, { step = null, done = null, total = null, replyTo }) {
      const reply = { hasReply: replyTo === undefined ? 0 : 1, replyTo: replyTo ?? null };
      repeatable(() => update.run({ id, step, done, total, ...reply }));
    },
    // What it did is on the disk, or is done again.
    finishJob: (id, now) => void repeatable(() => finish.run(now, id)),
    failJob: (id, failure, now) => void fail.run(toFailure(failure), now, id),
    requeueJob: (id, notBefore, countAttempt, reason = null) =>
      void requeue.run(notBefore, countAttempt ? 1 : 0, toFailure(reason), id),
    restJob: (id, until) => void rest.run(until, id),
    hastenJob: (id, now) => void hasten.run(now, id),
    recoverJobs(now = 0, mayForget = true) {
      if (mayForget) forget.run(now - keptMs);
      tryAgain.run(now);
      return recover.run(now).changes;
    },
    openJobs: (guildId, limit) => open.all(guildId, guildId, limit).map(toJob),
    countOpen: (kind) => countOpen.get(kind) ?? 0,
    nextJobAt: (of = kinds) => nextAt.get(JSON.stringify(of)) ?? null,
  };
}

function orNull(row: JobRow | undefined): Job | null {
  return row ? toJob(row) : null;
}
