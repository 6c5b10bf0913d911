import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, isAppError } from '../../src/errors.ts';
import { createBreaker } from '../../src/knowledge/breaker.ts';
import { within } from '../../src/knowledge/within.ts';

function openBreaker() {
  let now = 0;
  const isFault = (error: unknown) => !isAppError(error, 'invalid');
  const breaker = createBreaker({ clock: () => now, restMs: 1000, longestRestMs: 3000, isFault });
  let attempts = 0;
  const fail = (error: Error) =>
    breaker.run(() => {
      attempts += 1;
      return Promise.reject(error);
    });
  return { breaker, fail, attempts: () => attempts, advance: (ms: number) => void (now += ms) };
}

const down = new AppError('unavailable', 'Down.');

test('after a failure nothing is tried until the rest is over, and each further failure doubles the rest', async () => {
  const { fail, attempts, advance } = openBreaker();
  for (const [rest, expected] of [
    [1000, 1],
    [2000, 2],
    [3000, 3],
    [3000, 4],
  ] as const) {
    await assert.rejects(fail(down), down);
    advance(rest - 1);
    await assert.rejects(fail(down), (error) => isAppError(error, 'unavailable') && error.retryAfterMs === 1000);
    assert.equal(attempts(), expected);
    advance(1);
  }
});

test('a success forgets the failures', async () => {
  const { breaker, fail, attempts, advance } = openBreaker();
  await assert.rejects(fail(down));
  advance(1000);
  assert.equal(await breaker.run(() => Promise.resolve('back')), 'back');
  await assert.rejects(fail(down));
  advance(1000);
  await assert.rejects(fail(down), down);
  assert.equal(attempts(), 3);
});

test('one attempt at a time tries whether the part is back', async () => {
  const { breaker, fail, attempts, advance } = openBreaker();
  await assert.rejects(fail(down));
  advance(1000);
  const { promise, resolve } = Promise.withResolvers<string>();
  const trial = breaker.run(() => promise);
  await assert.rejects(fail(down));
  resolve('back');
  assert.equal(await trial, 'back');
  assert.equal(attempts(), 1);
  assert.equal(await breaker.run(() => Promise.resolve('open')), 'open');
});

test('what is no fault of the part does not stop others', async () => {
  const { fail, attempts } = openBreaker();
  const refused = new AppError('invalid', 'Refused.');
  await assert.rejects(fail(refused), refused);
  await assert.rejects(fail(refused), refused);
  assert.equal(attempts(), 2);
});

test('work that ignores its signal is left behind when the time is over or the caller cancels', async () => {
  const never = () => new Promise<never>(() => {});
  await assert.rejects(within(10, undefined, never), (error) => isAppError(error, 'unavailable'));
  const stop = new AbortController();
  const waiting = within(60_000, stop.signal, never);
  stop.abort();
  await assert.rejects(waiting, (error) => isAppError(error, 'aborted'));
  await assert.rejects(within(10, AbortSignal.abort(), never), (error) => isAppError(error, 'aborted'));
  assert.equal(await within(1000, undefined, () => Promise.resolve(7)), 7);
});
