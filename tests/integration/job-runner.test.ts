import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { AppError } from '../../src/errors.ts';
import { createJobRunner } from '../../src/knowledge/jobs.ts';
import type { JobHandler } from '../../src/knowledge/jobs.ts';
import type { Job } from '../../src/knowledge/model.ts';
import type { JobStore } from '../../src/knowledge/ports.ts';
import { ended, until } from '../support/knowledge-parts.ts';
import { tempStore } from '../support/temp-store.ts';

function runnerOf(t: TestContext, jobs: JobStore, ingest: JobHandler, time: { now: number }) {
  const logged: string[] = [];
  const nothing: JobHandler = { run: () => Promise.resolve() };
  const runner = createJobRunner({
    jobs,
    handlers: { ingest, purge: nothing, reindex: nothing },
    clock: () => time.now,
    random: () => 1,
    log: (level, message) => logged.push(`${level}: ${message}`),
    maxAttempts: 3,
  });
  t.after(() => runner.stop());
  return {
    runner,
    logged,
    library: { watchJob: (id: number, onChange: (job: Job) => void) => runner.watch(id, onChange) },
  };
}

test('what is down is tried again after a while, and the wait says why', async (t) => {
  const { jobs } = tempStore(t).store;
  const time = { now: 0 };
  let calls = 0;
  const run = () => {
    calls += 1;
    return calls === 1 ? Promise.reject(new AppError('unavailable', 'Chroma is down.')) : Promise.resolve();
  };
  const { runner, library, logged } = runnerOf(t, jobs, { run }, time);
  const job = jobs.addJob('ingest', 'g1', 1, 0);
  const waits = until(library, job, (at) => at.failure !== null);
  runner.start();
  const waiting = await waits;
  assert.deepEqual([waiting.state, waiting.failure, waiting.notBefore], ['queued', 'Chroma is down.', 2000]);
  assert.deepEqual(logged, [`warn: The ingest job ${job.id} waits 2 s: Chroma is down.`]);
  time.now = 2000;
  runner.wake();
  assert.equal((await ended(library, job)).state, 'done');
});

test('what is back is not waited for any longer, and a job that rests does not say that it waits', async (t) => {
  const { jobs } = tempStore(t).store;
  const time = { now: 0 };
  const outcomes: (() => Promise<void | { restAt: number }>)[] = [
    ...Array.from({ length: 9 }, () => () => Promise.reject(new AppError('unavailable', 'Chroma cannot be reached.'))),
    () => Promise.resolve({ restAt: 9_000_000 }),
  ];
  const run = () => outcomes.shift()?.() ?? Promise.resolve();
  const { runner, library } = runnerOf(t, jobs, { run }, time);
  const job = jobs.addJob('ingest', 'g1', 1, 0);
  runner.start();
  for (let attempts = 1; attempts < 9; attempts += 1) {
    const { notBefore } = await until(library, job, (at) => at.state === 'queued' && at.attempts === attempts);
    time.now = notBefore;
    runner.wake();
  }
  const late = await until(library, job, (at) => at.state === 'queued' && at.attempts === 9);
  assert.ok(late.notBefore > time.now + 60_000);
  const resting = until(library, job, (at) => at.notBefore === 9_000_000);
  runner.goOn(); // and no time passes
  assert.deepEqual([(await resting).failure, (await resting).attempts], [null, 0]);
  runner.goOn();
  assert.equal(jobs.job(job.id)?.notBefore, 9_000_000, 'a rest is no waiting');
});

test('a defect is tried a few times, then the job and its document are told that they failed', async (t) => {
  const { jobs } = tempStore(t).store;
  const time = { now: 0 };
  const failed: string[] = [];
  const broken: JobHandler = {
    run: () => Promise.reject(new TypeError('x is undefined')),
    failed: (job) => failed.push(`document ${job.documentId}`),
  };
  const { runner, library } = runnerOf(t, jobs, broken, time);
  const job = jobs.addJob('ingest', 'g1', 7, 0);
  const over = ended(library, job);
  const stop = runner.watch(job.id, (at) => {
    if (at.state === 'queued') time.now = at.notBefore;
    setImmediate(() => runner.wake());
  });
  t.after(stop);
  runner.start();
  const end = await over;
  assert.deepEqual([end.state, end.attempts], ['failed', 2]);
  assert.ok(end.failure !== null);
  assert.doesNotMatch(end.failure, /undefined/);
  assert.deepEqual(failed, ['document 7']);
});

test('a job that killed the process ten times is given up before it does so again', async (t) => {
  const { jobs } = tempStore(t).store;
  const time = { now: 0 };
  let ran = false;
  const run = () => Promise.resolve(void (ran = true));
  const { runner, library } = runnerOf(t, jobs, { run }, time);
  const job = jobs.addJob('ingest', 'g1', 1, 0);
  for (let crash = 0; crash < 10; crash += 1) {
    jobs.takeJob(Number.MAX_SAFE_INTEGER);
    jobs.recoverJobs(0);
  }
  time.now = 10_000_000;
  runner.start();
  assert.equal((await ended(library, job)).state, 'failed');
  assert.equal(ran, false);
});

test('jobs added while nothing is to do are taken at once when the runner is woken', async (t) => {
  const { jobs } = tempStore(t).store;
  const { runner, library } = runnerOf(t, jobs, { run: () => Promise.resolve() }, { now: 0 });
  runner.start();
  const job = jobs.addJob('ingest', 'g1', 1, 0);
  runner.wake();
  assert.equal((await ended(library, job)).state, 'done');
});

test('a watcher that has had enough hears no more', async (t) => {
  const { jobs } = tempStore(t).store;
  const { runner, library } = runnerOf(t, jobs, { run: () => Promise.resolve() }, { now: 0 });
  const job = jobs.addJob('ingest', 'g1', 1, 0);
  const stop = runner.watch(job.id, () => assert.fail('it was told'));
  stop();
  runner.start();
  await ended(library, job);
});

test('a runner that was stopped can be started again', async (t) => {
  const { jobs } = tempStore(t).store;
  const { runner, library } = runnerOf(t, jobs, { run: () => Promise.resolve() }, { now: 0 });
  runner.start();
  await runner.stop();
  const job = jobs.addJob('ingest', 'g1', 1, 0);
  assert.equal(jobs.job(job.id)?.state, 'queued');
  runner.start();
  assert.equal((await ended(library, job)).state, 'done');
});

test('a document that says nothing is a warning in one line, not a stack of ours', async (t) => {
  const { jobs } = tempStore(t).store;
  const run = () => Promise.reject(new AppError('invalid', 'It has no text in it.'));
  const { runner, library, logged } = runnerOf(t, jobs, { run }, { now: 0 });
  const job = jobs.addJob('ingest', 'g1', 1, 0);
  const over = ended(library, job);
  runner.start();
  await over;
  assert.deepEqual(logged, [`warn: The ingest job ${job.id} failed: It has no text in it.`]);
});

test('while the queue cannot be read, it is tried as often as the log says', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { jobs } = tempStore(t).store;
  const takeJob = () => {
    throw new AppError('unavailable', 'The disk is full.');
  };
  const nothing: JobHandler = { run: () => Promise.resolve() };
  const { runner, logged } = runnerOf(t, { ...jobs, takeJob }, nothing, { now: 0 });
  runner.start();
  const lanes = logged.length;
  assert.match(logged[0] ?? '', /trying again in 5 s/);
  t.mock.timers.tick(4999);
  await new Promise(setImmediate);
  assert.equal(logged.length, lanes);
  t.mock.timers.tick(1);
  await new Promise(setImmediate);
  assert.equal(logged.length, 2 * lanes);
});
