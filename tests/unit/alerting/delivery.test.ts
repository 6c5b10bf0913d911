import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../src/errors.ts';
import { createDelivery, type DeliveryParts } from '../../../src/health/alerting/delivery.ts';
import { retryAfter } from '../../../src/adapters/webhook/failure.ts';
import { retryWaitMs } from '../../../src/health/alerting/retry-wait.ts';
import { eventOf, linesOf, manualTime, scriptedSink, settled } from '../../support/alert-stage.ts';
import { recordingLog } from '../../support/fake-discord.ts';

const MINUTE_MS = 60_000;

function stage(more: Partial<DeliveryParts> = {}) {
  const time = manualTime();
  const sink = scriptedSink('channel');
  const { log, lines } = recordingLog();
  const troubles: (string | null)[] = [];
  const delivery = createDelivery({
    sink,
    clock: time.clock,
    random: () => 1,
    later: time.later,
    log,
    redact: (text) => text,
    changed: () => undefined,
    onTrouble: (problem) => troubles.push(problem),
    ...more,
  });
  return { time, sink, delivery, lines, troubles };
}

const down = async (): Promise<void> => {
  throw new AppError('unavailable', 'It is down.');
};

test('a few alerts go one by one, in the order in which they came', async () => {
  const { sink, delivery } = stage();
  for (const key of ['a', 'b', 'c']) delivery.add(eventOf(key));
  await settled();
  assert.deepEqual(linesOf(sink.sent), ['open a', 'open b', 'open c']);
});

test('while a sink is down, of each key the newest state waits; then all of it goes in one message', async () => {
  const { time, sink, delivery, lines } = stage();
  sink.manner = down;
  delivery.add(eventOf('disk', { words: '80 %' }));
  await settled();
  delivery.add(eventOf('disk', { state: 'worse', words: '90 %' }));
  delivery.add(eventOf('index', { severity: 'critical' }));
  delivery.add(eventOf('index', { state: 'resolved', severity: 'critical' }));
  for (const key of ['a', 'b']) delivery.add(eventOf(key));
  await settled();
  assert.equal(sink.attempts, 1, 'it is let alone for a while');
  sink.manner = null;
  await time.pass(5_000);
  assert.deepEqual(linesOf(sink.sent), ['open disk · open a · open b · resolved index']);
  assert.equal(sink.sent[0]?.events[0].words, '90 %');
  assert.equal(delivery.status().waiting, 0);
  assert.deepEqual(
    lines.map(({ message }) => message),
    ['An alert did not reach the channel; trying again in 5 s', 'Alerts reach the channel again'],
  );
});

test('what comes while a message is on its way is not lost with it', async () => {
  const { time, sink, delivery } = stage();
  const taken = Promise.withResolvers<void>();
  sink.manner = () => taken.promise;
  delivery.add(eventOf('disk'));
  await settled();
  delivery.add(eventOf('disk', { state: 'resolved' }));
  sink.manner = null;
  taken.resolve();
  await time.pass(0);
  assert.deepEqual(linesOf(sink.sent), ['open disk', 'resolved disk']);
});

test('a flood of 10,000 alerts makes two messages, says how many there were, and the last state of a key arrives', async () => {
  const { time, sink, delivery } = stage();
  for (let n = 0; n < 10_000; n += 1) delivery.add(eventOf(`k${n}`, { at: n }));
  delivery.add(eventOf('important', { severity: 'critical', at: 10_000 }));
  assert.ok(delivery.waiting().events.length <= 200);
  await time.pass(20 * MINUTE_MS);
  assert.equal(sink.sent.length, 2);
  const [first, digest] = sink.sent;
  assert.equal(first?.events.length, 1);
  assert.equal(digest?.events.length, 10);
  assert.equal(digest?.events[0].key, 'important');
  assert.equal(digest?.more, 10_001 - 1 - 10);
  delivery.add(eventOf('important', { state: 'resolved', severity: 'critical' }));
  await settled();
  assert.deepEqual(linesOf(sink.sent.slice(2)), ['resolved important']);
});

test('ten messages in ten minutes, the last three for what is critical; the rest comes in one when there is room', async () => {
  const { time, sink, delivery } = stage();
  for (let n = 0; n < 9; n += 1) {
    delivery.add(eventOf(`w${n}`));
    await time.pass(1_000);
  }
  assert.equal(sink.sent.length, 7);
  delivery.add(eventOf('fire', { severity: 'critical' }));
  await time.pass(1_000);
  assert.equal(sink.sent.length, 8, 'it does not wait for the window');
  for (let n = 0; n < 20; n += 1) delivery.add(eventOf(`x${n}`));
  await time.pass(MINUTE_MS);
  assert.equal(sink.sent.length, 8);
  await time.pass(10 * MINUTE_MS);
  assert.equal(sink.sent.length, 9);
  assert.equal(delivery.status().waiting, 0);
});

test('the pauses double, with chance in them, end at a quarter of an hour, and obey what the other side asks for', () => {
  const failure = new AppError('unavailable', 'down');
  const waits = (random: number) =>
    [1, 2, 3, 8, 20, 1000].map((failures) => retryWaitMs(failure, failures, () => random));
  assert.deepEqual(waits(1), [5_000, 10_000, 20_000, 640_000, 900_000, 900_000]);
  assert.deepEqual(waits(0), [2_500, 5_000, 10_000, 320_000, 450_000, 450_000]);
  const asked = (retryAfterMs: number) => retryWaitMs(new AppError('limit', 'slow', { retryAfterMs }), 1, () => 1);
  assert.deepEqual([asked(60_000), asked(1_000), asked(1e12)], [60_000, 5_000, 6 * 60 * MINUTE_MS]);
  assert.equal(
    retryWaitMs(new AppError('forbidden', 'no'), 1, () => 1),
    5 * MINUTE_MS,
  );
  assert.deepEqual(
    ['120', '0.5', 'Sat, 21 Nov 2026 09:31:00 GMT', '', 'soon', null].map((header) =>
      retryAfter(header, Date.UTC(2026, 10, 21, 9, 30)),
    ),
    [120_000, 500, 60_000, null, null, null],
  );
});

test('a Retry-After is obeyed to the second', async () => {
  const { time, sink, delivery } = stage();
  sink.manner = async () => {
    throw new AppError('limit', 'slow down', { retryAfterMs: 90_000 });
  };
  delivery.add(eventOf('a'));
  await settled();
  sink.manner = null;
  await time.pass(89_999);
  assert.equal(sink.attempts, 1);
  await time.pass(1);
  assert.deepEqual(linesOf(sink.sent), ['open a']);
});

test('trouble with a sink is told after three failures in a row, and its end', async () => {
  const { time, sink, delivery, troubles } = stage();
  sink.manner = down;
  delivery.add(eventOf('a'));
  await time.pass(5_000);
  assert.deepEqual(troubles, []);
  await time.pass(10_000);
  assert.deepEqual(troubles, ['It is down.']);
  await time.pass(60 * MINUTE_MS);
  assert.deepEqual(troubles, ['It is down.'], 'once');
  assert.equal(delivery.status().problem, 'It is down.');
  sink.manner = null;
  await time.pass(15 * MINUTE_MS);
  assert.deepEqual(troubles, ['It is down.', null]);
  assert.deepEqual(linesOf(sink.sent), ['open a'], 'nothing was lost');
});

test('a message that is refused three times is given up, and the next ones go', async () => {
  const { time, sink, delivery, lines } = stage();
  sink.manner = async ({ events }) => {
    if (events[0].key === 'poison') throw new AppError('invalid', 'It makes no sense.');
  };
  delivery.add(eventOf('poison'));
  await time.pass(60_000);
  delivery.add(eventOf('good'));
  await time.pass(60_000);
  assert.deepEqual(linesOf(sink.sent), ['open good']);
  assert.ok(lines.some(({ level, message }) => level === 'error' && message.includes('given up: It makes no sense.')));
});

test('a sink that hangs and heeds no signal does not hold up the queue for ever', async () => {
  const { time, sink, delivery } = stage({ sendTimeoutMs: 20 });
  sink.manner = () => new Promise(() => undefined);
  delivery.add(eventOf('a'));
  while (delivery.status().problem === null) await settled();
  assert.match(delivery.status().problem ?? '', /did not answer in time/);
  sink.manner = null;
  await time.pass(5_000);
  assert.deepEqual(linesOf(sink.sent), ['open a']);
});

test('at the end what waits is tried once more whatever the pause, and the rest is kept', async () => {
  const { sink, delivery } = stage();
  sink.manner = down;
  delivery.add(eventOf('a'));
  await settled();
  sink.manner = null;
  await delivery.finish(AbortSignal.timeout(10_000));
  assert.deepEqual(linesOf(sink.sent), ['open a']);
  delivery.add(eventOf('b'));
  await settled();
  assert.deepEqual(linesOf(sink.sent), ['open a'], 'nothing is sent afterwards');
  assert.deepEqual(
    delivery.waiting().events.map(({ key }) => key),
    ['b'],
  );
});
