import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tempStore } from '../support/temp-store.ts';

const day = 24 * 3_600_000;

test('jobs are taken once each, oldest first, and reindexing last', (t) => {
  const { jobs } = tempStore(t).store;
  jobs.addJob('reindex', 'g1', 1, 0);
  const first = jobs.addJob('ingest', 'g1', 2, 0);
  const second = jobs.addJob('ingest', 'g1', 3, 0);
  const purge = jobs.addJob('purge', 'g1', 4, 0);
  assert.deepEqual([jobs.countOpen('ingest'), jobs.countOpen('reindex')], [2, 1]);
  assert.equal(jobs.takeJob(0, ['purge'])?.id, purge.id);
  assert.equal(jobs.takeJob(0)?.id, first.id);
  assert.equal(jobs.takeJob(0)?.id, second.id);
  assert.equal(jobs.takeJob(0)?.kind, 'reindex');
  assert.equal(jobs.takeJob(0), null);
});

test('the same work for the same document is not queued twice', (t) => {
  const { jobs } = tempStore(t).store;
  const first = jobs.addJob('reindex', 'g1', 1, 0);
  assert.equal(jobs.addJob('reindex', 'g1', 1, 5).id, first.id);
  jobs.takeJob(5);
  assert.equal(jobs.addJob('reindex', 'g1', 1, 6).id, first.id);
  jobs.finishJob(first.id, 7);
  assert.notEqual(jobs.addJob('reindex', 'g1', 1, 8).id, first.id);
});

test('a requeued job waits for its time, says why, and counts the attempt if it was its fault', (t) => {
  const { jobs } = tempStore(t).store;
  const { id } = jobs.addJob('ingest', 'g1', 1, 100);
  jobs.takeJob(100);
  jobs.requeueJob(id, 500, false, { en: 'out of quota', ja: '利用枠を使い切りました' });
  assert.equal(jobs.takeJob(499), null);
  assert.equal(jobs.nextJobAt(), 500);
  assert.equal(jobs.nextJobAt(['purge']), null);
  const waiting = jobs.job(id);
  assert.deepEqual([waiting?.state, waiting?.attempts, waiting?.failure], ['queued', 0, 'out of quota']);
  assert.deepEqual(waiting?.failureWords, { en: 'out of quota', ja: '利用枠を使い切りました' });
  jobs.takeJob(500);
  jobs.requeueJob(id, 600, true);
  assert.deepEqual([jobs.job(id)?.attempts, jobs.job(id)?.failure], [1, 'out of quota']);
  jobs.takeJob(600);
  jobs.finishJob(id, 601);
  assert.deepEqual([jobs.job(id)?.state, jobs.job(id)?.step, jobs.job(id)?.failure], ['done', 'done', null]);
});

test('progress changes only what it names', (t) => {
  const { jobs } = tempStore(t).store;
  const { id } = jobs.addJob('ingest', 'g1', 1, 0);
  jobs.updateJob(id, { step: 'embedding', done: 3, total: 10 });
  jobs.updateJob(id, { replyTo: '{"message":1}' });
  jobs.updateJob(id, { done: 4 });
  const job = jobs.job(id);
  assert.deepEqual([job?.step, job?.done, job?.total, job?.replyTo], ['embedding', 4, 10, '{"message":1}']);
  jobs.updateJob(id, { replyTo: null });
  assert.equal(jobs.job(id)?.replyTo, null);
});

test('jobs that a crash interrupted are queued again, and wait when it happens again and again', (t) => {
  const { store, reopen } = tempStore(t);
  const { id } = store.jobs.addJob('ingest', 'g1', 1, 0);
  let { jobs } = store;
  const notBefore: number[] = [];
  for (let crash = 0; crash < 4; crash += 1) {
    jobs.takeJob(1_000_000);
    ({ jobs } = reopen());
    assert.equal(jobs.recoverJobs(1000), 1);
    notBefore.push(jobs.job(id)?.notBefore ?? -1);
  }
  assert.deepEqual(notBefore, [0, 0, 6000, 11_000]);
  assert.deepEqual([jobs.job(id)?.interruptions, jobs.job(id)?.attempts], [4, 0]);
  jobs.updateJob(id, { step: 'embedding', done: 100, total: 200 });
  assert.equal(jobs.job(id)?.interruptions, 0);
});

test('at a start, what waits for a quota or a key is tried at once: somebody may have put it right', (t) => {
  const { jobs } = tempStore(t).store;
  const { id } = jobs.addJob('ingest', 'g1', 1, 0);
  jobs.takeJob(0);
  jobs.requeueJob(id, 5_000_000, false, 'The quota of today is used up.');
  assert.equal(jobs.recoverJobs(1000), 0);
  assert.equal(jobs.job(id)?.notBefore, 1000);
});

test('a document shows its unfinished job, or else why the last one failed', (t) => {
  const { jobs } = tempStore(t).store;
  assert.equal(jobs.documentJob(1), null);
  const failed = jobs.addJob('ingest', 'g1', 1, 0);
  jobs.failJob(failed.id, 'no', 1);
  assert.deepEqual([jobs.documentJob(1)?.id, jobs.documentJob(1)?.failure], [failed.id, 'no']);
  const next = jobs.addJob('ingest', 'g1', 1, 2);
  assert.equal(jobs.documentJob(1)?.id, next.id);
});

test('open jobs are those queued or running, of one guild or of all', (t) => {
  const { jobs } = tempStore(t).store;
  const a = jobs.addJob('ingest', 'g1', 1, 0);
  const b = jobs.addJob('ingest', 'g2', 2, 0);
  const c = jobs.addJob('ingest', 'g1', 3, 0);
  jobs.finishJob(c.id, 1);
  jobs.takeJob(1);
  assert.deepEqual(jobs.openJobs('g1', 9).map((job) => [job.id, job.state]), [[a.id, 'running']]); // prettier-ignore
  assert.deepEqual(jobs.openJobs(null, 9).map((job) => job.id), [a.id, b.id]); // prettier-ignore
});

test('jobs that ended over a month ago are forgotten', (t) => {
  const { jobs } = tempStore(t).store;
  const old = jobs.addJob('ingest', 'g1', 1, 0);
  const recent = jobs.addJob('ingest', 'g1', 2, 0);
  jobs.finishJob(old.id, 0);
  jobs.finishJob(recent.id, 20 * day);
  jobs.recoverJobs(31 * day, false);
  assert.equal(jobs.job(old.id)?.state, 'done', 'not while it is uncertain what time it is');
  jobs.recoverJobs(31 * day);
  assert.equal(jobs.job(old.id), null, 'it may be forgotten');
  assert.equal(jobs.job(recent.id)?.state, 'done');
});

test('a job that waits for a time that a clock running ahead has named is taken when the clock is right again', (t) => {
  const { jobs } = tempStore(t).store;
  const { id } = jobs.addJob('ingest', 'g1', 1, 0);
  jobs.takeJob(0);
  jobs.requeueJob(id, 400 * day, true);
  assert.equal(jobs.takeJob(399 * day), null, 'what waits for a day waits');
  assert.equal(jobs.takeJob(day)?.id, id);
});
