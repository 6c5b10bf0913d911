import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRest } from '../../src/adapters/gemini/rest.ts';
import { createDenials } from '../../src/app/denials.ts';
import { restoredWords } from '../../src/app/empty-volume-words.ts';
import { failed, isDue } from '../../src/backup/offsite/failures.ts';
import { AppError, wordsIn } from '../../src/errors.ts';
import type { AlertEvent } from '../../src/health/alert-model.ts';
import { createPace } from '../../src/health/alerting/pace.ts';
import { staleBackup } from '../../src/health/alerting/rules/stale-backup.ts';
import { createAlerts } from '../../src/health/alerts.ts';
import { createBreaker } from '../../src/knowledge/breaker.ts';
import { entryOf } from '../support/fake-backups.ts';
import { createMemoryPlace, createMemoryVault } from '../support/memory-vault.ts';
import { DAY_MS, HOUR_MS, openOffSiteStage, START } from '../support/off-site-stage.ts';

const NOW = START;
const AHEAD = NOW + 400 * DAY_MS;
const down = () => new AppError('unavailable', 'It is down.');

test('a part that failed under a clock running ahead is tried once the clock is right', async () => {
  let now = AHEAD;
  const clock = () => now;
  const breaker = createBreaker({ clock, restMs: 1000, longestRestMs: 60_000, isFault: () => true });
  await assert.rejects(breaker.run(() => Promise.reject(down())));
  await assert.rejects(breaker.run(async () => 'not asked'));
  const rest = createRest(clock);
  rest.begin('model', down(), 60_000);
  assert.notEqual(rest.of('model'), null);
  now = NOW;
  assert.equal(await breaker.run(async () => 'back'), 'back');
  assert.equal(rest.of('model'), null);
});

test('alerts go out, are repeated and are heard again after a clock that ran ahead is right', () => {
  let now = AHEAD;
  const said: AlertEvent[] = [];
  const alerts = createAlerts({ deliver: (event) => said.push(event), clock: () => now });
  alerts.raise({ key: 'backup:failed', severity: 'critical', words: 'It failed.' });
  alerts.raise({ key: 'disk:', severity: 'critical', words: 'It is full.' });
  alerts.mute('disk:', DAY_MS);
  const pace = createPace(() => now, { messages: 1, windowMs: 600_000, reserved: 0 });
  pace.sent();
  assert.ok(pace.waitMs(true) > 0);
  said.length = 0;
  now = NOW;
  assert.equal(pace.waitMs(true), 0);
  alerts.look();
  assert.deepEqual(said.map(({ key, state }) => `${key} ${state}`).sort(), [
    'backup:failed reminder',
    'disk: reminder',
  ]);
  assert.equal(alerts.muted().size, 0);
});

test('what is denied is recorded again after a clock that ran ahead is right', () => {
  let now = AHEAD;
  const leftOut = createDenials(() => now);
  for (let time = 0; time < 6; time += 1) leftOut('mallory');
  assert.equal(leftOut('mallory'), null);
  now = NOW;
  assert.equal(leftOut('mallory'), 2);
});

test('a vault that failed under a clock running ahead is tried again once the clock is right', async (t) => {
  const failure = failed(null, down(), AHEAD, () => 0);
  assert.ok(!isDue(failure, AHEAD + 1));
  assert.ok(isDue(failure, NOW));

  const place = createMemoryPlace();
  place.trouble = 'down';
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 9 }] });
  const name = await stage.plant(START - HOUR_MS);
  stage.now = AHEAD;
  await stage.offSite.sync();
  place.trouble = null;
  stage.now = NOW;
  await stage.restart();
  stage.offSite.begin();
  await stage.offSite.settled();
  stage.offSite.wake();
  await stage.pass(HOUR_MS);
  assert.deepEqual((await stage.offSite.vaults())[0]?.verified, [name]);
});

test('a backup that is dated ahead of the clock is never taken for fresh', () => {
  const freshness = { newestAt: AHEAD, behindSince: null, watchedSince: NOW, maxAgeMs: DAY_MS, now: NOW };
  const alert = staleBackup(freshness);
  assert.match(wordsIn('en', alert?.words ?? ''), /dated 400 days ahead of this machine's clock/);
  assert.match(wordsIn('ja', alert?.words ?? ''), /時計より400日先/);
  assert.equal(staleBackup({ ...freshness, newestAt: NOW + 60_000 }), null, 'clocks are never quite alike');

  const { sidecar } = entryOf(AHEAD);
  assert.ok(sidecar !== null);
  const { manifest } = sidecar;
  const words = restoredWords({ manifest, from: null, durationMs: 1, now: NOW, unasked: [], unusable: [] });
  assert.match(wordsIn('en', words), /dated up to 400 days ahead of the clock, in/);
  assert.match(wordsIn('ja', words), /日時が時計より最大 400 日先/);
  assert.doesNotMatch(wordsIn('en', words), /minute/);
});
