import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '../../../src/errors.ts';
import { createLine } from '../../../src/discord/line.ts';

const patient = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('people are served in the order in which they came, never more at once than allowed', async () => {
  const line = createLine({ atOnce: 2, waiting: 10 });
  const served: number[] = [];
  const numbers: number[] = [];
  const leaves: (() => void)[] = [];
  const join = async (who: number) => {
    const leave = await line.reserve().join((number) => numbers.push(number), patient);
    served.push(who);
    leaves.push(leave);
  };
  const all = [join(1), join(2), join(3), join(4)];
  await settled();
  assert.deepEqual(served, [1, 2]);
  assert.deepEqual(numbers, [1, 2], 'the third and fourth were told their place');
  leaves.shift()?.();
  await settled();
  assert.deepEqual(served, [1, 2, 3]);
  assert.deepEqual(line.load(), { running: 2, waiting: 1 });
  for (const leave of leaves.splice(0)) leave();
  await Promise.all(all);
  for (const leave of leaves) leave();
  assert.deepEqual(line.load(), { running: 0, waiting: 0 });
});

test('a full line refuses before anything is promised, and a place given back can be taken', () => {
  const line = createLine({ atOnce: 1, waiting: 1 });
  line.reserve();
  const second = line.reserve();
  assert.throws(
    () => line.reserve(),
    (error) => isAppError(error, 'busy'),
  );
  second.cancel();
  assert.doesNotThrow(() => line.reserve());
});

test('somebody who goes away while waiting holds up nobody', async () => {
  const line = createLine({ atOnce: 1, waiting: 5 });
  const leave = await line.reserve().join(() => {}, patient);
  const impatient = new AbortController();
  const gone = line.reserve().join(() => {}, impatient.signal);
  const next = line.reserve().join(() => {}, patient);
  impatient.abort(new Error('gone'));
  await assert.rejects(gone, /gone/);
  leave();
  (await next)();
  assert.deepEqual(line.load(), { running: 0, waiting: 0 });
});
