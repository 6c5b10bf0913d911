import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTrustedClock, type ClockTick } from '../../src/health/trusted-clock.ts';
import { doubtedClock } from '../../src/health/alerting/rules/doubted-clock.ts';
import { wordsIn } from '../../src/errors.ts';
import { recordingLog } from '../support/fake-discord.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NOW = Date.UTC(2026, 10, 21, 9);

interface World {
  /** How far the machine's clock is from the true time. */
  offMs: number;
  trueAt: number;
  file: ClockTick | null;
  answers: 'right' | 'nobody' | null;
  asked: number;
  writes: number;
}

function openWorld(given: Partial<World> = {}) {
  const world: World = { offMs: 0, trueAt: NOW, file: null, answers: null, asked: 0, writes: 0, ...given };
  const start = () =>
    createTrustedClock({
      clock: () => world.trueAt + world.offMs,
      monotonic: () => world.trueAt - 5_000_000, // begins anywhere
      tick: world.file,
      readTick: async () => world.file,
      async writeTick(tick) {
        world.file = tick;
        world.writes += 1;
      },
      ask:
        world.answers === null
          ? undefined
          : async () => {
              world.asked += 1;
              return world.answers === 'right' ? { from: 'Discord', at: world.trueAt } : null;
            },
      log: recordingLog().log,
    });
  return { world, start };
}

/** Lets time go by with a look each minute. */
async function pass({ world }: { readonly world: World }, clock: ReturnType<typeof createTrustedClock>, ms: number) {
  for (let left = ms; left > 0; left -= MINUTE_MS) {
    world.trueAt += Math.min(left, MINUTE_MS);
    await clock.look();
  }
}

test('a clock that goes with time is believed, however it drifts, and what it says is kept every ten minutes', async () => {
  const stage = openWorld();
  const clock = stage.start();
  await clock.look();
  for (let hour = 0; hour < 48; hour += 1) {
    stage.world.offMs += 1_800; // 500 ppm
    await pass(stage, clock, 60 * MINUTE_MS);
    assert.ok(clock.mayDeleteByAge());
  }
  assert.ok(stage.world.writes <= 48 * 6 + 1);
  assert.ok(stage.world.trueAt + stage.world.offMs - (stage.world.file?.at ?? 0) <= 10 * MINUTE_MS);
});

for (const days of [1 / 24, 1, 400, -1 / 24, -1, -400]) {
  const much = Math.abs(days) < 1 ? 'an hour' : `${Math.abs(days)} days`;
  test(`a clock that jumps by ${much} ${days > 0 ? 'ahead' : 'back'} is in doubt at once, over restarts too, until it is back`, async () => {
    const stage = openWorld();
    const clock = stage.start();
    await clock.look();
    await pass(stage, clock, 60 * MINUTE_MS);
    const sure = stage.world.file;
    stage.world.offMs = days * DAY_MS;
    assert.equal(clock.mayDeleteByAge(), false);
    assert.equal(clock.doubt()?.kind, 'jump');
    const since = stage.world.trueAt + stage.world.offMs;
    assert.equal(clock.doubtedSince(), since);
    await pass(stage, clock, 12 * 60 * MINUTE_MS);
    await clock.close();
    assert.equal(stage.world.file?.at, sure?.at, 'what a clock in doubt says is not kept as certain');
    const isFar = Math.abs(days) >= 1; // less than a day is within what a restart may take
    if (isFar) assert.equal(stage.start().mayDeleteByAge(), false, 'after a restart');
    stage.world.offMs = days * 3 * DAY_MS;
    assert.equal(clock.doubtedSince(), since, 'one doubt, wherever the clock jumps to meanwhile');
    if (isFar) assert.equal(stage.start().doubtedSince(), since, 'after a restart');
    stage.world.offMs = -days * 3 * DAY_MS;
    if (isFar) assert.equal(stage.start().doubtedSince(), since, 'behind where it began');
    stage.world.offMs = 0;
    assert.ok(clock.mayDeleteByAge(), 'put right while it runs');
    if (isFar) assert.ok(stage.start().mayDeleteByAge(), 'put right before a start');
  });
}

test('a start more than a day after the last run, or before it, is in doubt until another clock agrees', async () => {
  for (const gapMs of [DAY_MS + MINUTE_MS, 400 * DAY_MS, -6 * MINUTE_MS]) {
    const tick = { at: NOW - gapMs, doubtedSince: null, confirmedAt: null };
    const stage = openWorld({ file: tick, answers: 'right' });
    const clock = stage.start();
    assert.equal(clock.mayDeleteByAge(), false, String(gapMs));
    assert.deepEqual([clock.doubt()?.kind, clock.doubt()?.lastSureAt], ['gap', tick.at]);
    await clock.look();
    assert.ok(clock.mayDeleteByAge(), String(gapMs));
    assert.equal(stage.world.file?.at, NOW);
  }
  for (const gapMs of [0, DAY_MS - MINUTE_MS, -4 * MINUTE_MS]) {
    const clock = openWorld({ file: { at: NOW - gapMs, doubtedSince: null, confirmedAt: null } }).start();
    assert.ok(clock.mayDeleteByAge(), String(gapMs));
  }
  assert.ok(openWorld().start().mayDeleteByAge(), 'a first start has nothing that is old');
});

test('after a volume was lost, what was restored says when the bot last ran', async () => {
  const stage = openWorld({ answers: 'right' });
  const clock = stage.start();
  clock.ranAt(NOW - DAY_MS + MINUTE_MS);
  assert.ok(clock.mayDeleteByAge());
  clock.ranAt(NOW - 400 * DAY_MS);
  assert.equal(clock.mayDeleteByAge(), false);
  assert.deepEqual([clock.doubt()?.kind, clock.doubt()?.lastSureAt], ['gap', NOW - 400 * DAY_MS]);
  await clock.look();
  assert.ok(clock.mayDeleteByAge(), 'another clock agrees');
});

test('where another clock does not agree the doubt stays, says by how much, and nobody is asked without end', async () => {
  const stage = openWorld({ answers: 'right' });
  const clock = stage.start();
  await clock.look();
  assert.equal(stage.world.asked, 0, 'nobody is asked while there is no doubt');
  stage.world.offMs = 400 * DAY_MS;
  await pass(stage, clock, 60 * MINUTE_MS);
  assert.equal(clock.mayDeleteByAge(), false);
  assert.deepEqual(clock.doubt()?.heard, { from: 'Discord', aheadMs: 400 * DAY_MS });
  assert.ok(stage.world.asked <= 7, `${stage.world.asked} times in an hour`);
  const words = doubtedClock(clock.doubt(), 'nescordbot')?.words ?? '';
  assert.match(
    wordsIn('en', words),
    /^The clock of this machine jumped to 2027-12-26 \d\d:\d\d UTC; .* It is 400 days ahead of the clock of Discord: set it right\. Until/,
  );
  assert.match(wordsIn('ja', words), /Discord の時計より 400 日進んでいます/);
  stage.world.offMs = 4 * MINUTE_MS;
  await pass(stage, clock, 10 * MINUTE_MS);
  assert.ok(clock.mayDeleteByAge());
  assert.equal(clock.doubt(), null);
});

test('where nobody can be asked the words say so, and a person can say that the time is right', async () => {
  const gap = { at: NOW - 3 * DAY_MS, doubtedSince: null, confirmedAt: null };
  const stage = openWorld({ file: gap });
  const clock = stage.start();
  await pass(stage, clock, 60 * MINUTE_MS);
  assert.equal(clock.mayDeleteByAge(), false, 'nobody has agreed');
  const words = doubtedClock(clock.doubt(), 'nescordbot')?.words ?? '';
  assert.match(
    wordsIn('en', words),
    /There is no other clock to ask: .*`nescordbot clock confirm`, or POST \/api\/clock\/confirm\.$/,
  );
  assert.match(wordsIn('ja', words), /ほかの時計に確認できません.*`nescordbot clock confirm`/);
  // From a shell beside it.
  stage.world.file = { at: stage.world.trueAt, doubtedSince: null, confirmedAt: stage.world.trueAt };
  await clock.look();
  assert.ok(clock.mayDeleteByAge());

  const other = openWorld({ file: gap });
  const asked = other.start();
  await asked.confirm();
  assert.ok(asked.mayDeleteByAge());
  assert.ok(other.start().mayDeleteByAge(), 'at the next start, too');
});

test('a confirmation of long ago counts for nothing', async () => {
  const stage = openWorld({ file: { at: NOW, doubtedSince: null, confirmedAt: NOW } });
  const clock = stage.start();
  stage.world.offMs = 400 * DAY_MS;
  await pass(stage, clock, 10 * MINUTE_MS);
  assert.equal(clock.mayDeleteByAge(), false);
});

test('where the tick cannot be written all else goes on', async () => {
  const { log, lines } = recordingLog();
  const clock = createTrustedClock({
    clock: () => NOW,
    monotonic: () => 0,
    tick: null,
    readTick: () => Promise.reject(new Error('EROFS')),
    writeTick: () => Promise.reject(new Error('EROFS')),
    log,
  });
  await clock.look();
  await clock.close();
  assert.ok(clock.mayDeleteByAge());
  assert.equal(lines.filter(({ level }) => level === 'warn').length, 1);
});
