import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/errors.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { verdictOn } from '../../src/knowledge/job-verdict.ts';

const at = { attempts: 0, stopping: false, random: () => 1 };

for (const code of ['invalid', 'not_found', 'forbidden', 'blocked'] satisfies ErrorCode[]) {
  test(`${code} fails at once, in its own words`, () => {
    assert.deepEqual(verdictOn(new AppError(code, { en: 'a', ja: 'b' }), at), {
      kind: 'fail',
      words: { en: 'a', ja: 'b' },
    });
  });
}

test('a quota is waited for as long as it says, and is no attempt', () => {
  const limit = new AppError('limit', 'full', { retryAfterMs: 7000 });
  const expected = { kind: 'retry', delayMs: 7000, countAttempt: false, words: 'full' };
  assert.deepEqual(verdictOn(limit, { ...at, attempts: 99 }), expected);
  assert.deepEqual(verdictOn(new AppError('limit', 'full'), at), { ...expected, delayMs: 60_000 });
});

test('what is down is tried again for ever, ever more slowly, up to five minutes', () => {
  const delays = [0, 1, 2, 50].map((attempts) => {
    const verdict = verdictOn(new AppError('unavailable', 'down'), { ...at, attempts });
    return verdict.kind === 'retry' && verdict.delayMs;
  });
  assert.deepEqual(delays, [2000, 4000, 8000, 300_000]);
});

test('chance spreads retries over the second half of the delay, but never before what the vendor asked for', () => {
  const down = new AppError('unavailable', 'down');
  assert.deepEqual(verdictOn(down, { ...at, random: () => 0 }), { kind: 'retry', delayMs: 1000, countAttempt: true, words: 'down' }); // prettier-ignore
  const patient = verdictOn(new AppError('unavailable', 'down', { retryAfterMs: 9000 }), at);
  assert.equal(patient.kind === 'retry' && patient.delayMs, 9000);
});

test('a defect of ours is tried again a few times, then given up without showing its insides', () => {
  assert.equal(verdictOn(new Error('x is undefined'), { ...at, attempts: 3 }).kind, 'retry');
  const last = verdictOn(new Error('x is undefined'), { ...at, attempts: 4 });
  assert.equal(last.kind, 'fail');
  assert.doesNotMatch(JSON.stringify(last), /undefined/);
});

test('whatever is thrown while the program stops is only an interruption', () => {
  const verdict = verdictOn(new AppError('invalid', 'no'), { ...at, stopping: true });
  assert.deepEqual(verdict, { kind: 'retry', delayMs: 0, countAttempt: false, words: null });
});
