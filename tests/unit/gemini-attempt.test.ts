import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startAttempt } from '../../src/adapters/gemini/attempt.ts';
import { isAppError } from '../../src/errors.ts';

const options = { apiKey: 'k', timeoutMs: 1_000, clock: () => 0 };

function ownTimers(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return t.mock.timers;
}

test('the time limit is for silence, not for the whole answer', (t) => {
  const timers = ownTimers(t);
  const attempt = startAttempt(options);
  for (let piece = 0; piece < 10; piece += 1) {
    timers.tick(900);
    attempt.alive();
  }
  assert.equal(attempt.signal.aborted, false, 'nine seconds, but never one of silence');
  timers.tick(1_000);
  assert.equal(attempt.signal.aborted, true);
  assert.ok(isAppError(attempt.explain(new Error('x')), 'unavailable'));
});

test('an attempt that has ended leaves no timer and no open request behind', (t) => {
  const timers = ownTimers(t);
  const attempt = startAttempt(options);
  attempt.end();
  assert.equal(attempt.signal.aborted, true);
  timers.tick(5_000);
  const defect = new RangeError('a defect of ours stays what it is');
  assert.equal(attempt.explain(defect), defect);
});

test('the caller’s cancelling is told from the time limit', (t) => {
  ownTimers(t);
  const abort = new AbortController();
  const attempt = startAttempt(options, abort.signal);
  abort.abort();
  assert.equal(attempt.signal.aborted, true);
  assert.ok(isAppError(attempt.explain(new Error('x')), 'aborted'));
  assert.throws(() => startAttempt(options, abort.signal), { code: 'aborted' });
});
