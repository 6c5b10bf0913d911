import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forecastQuota, withSample } from '../../../src/backup/offsite/usage.ts';
import type { UsageSample } from '../../../src/backup/offsite/model.ts';
import type { Vault } from '../../../src/backup/vault-ports.ts';
import { AppError, wordsIn } from '../../../src/errors.ts';
import { createMemoryPlace, createMemoryVault, holdTransfers } from '../../support/memory-vault.ts';
import { DAY_MS, HOUR_MS, openOffSiteStage, START } from '../../support/off-site-stage.ts';

type Stage = Awaited<ReturnType<typeof openOffSiteStage>>;
const open = ({ alerts }: Stage) =>
  alerts.open().map(({ key, severity, words }) => `${key} ${severity}: ${wordsIn('en', words)}`);

test('a vault that falls behind is told of after twice the interval, or five failures, and that it is over', async (t) => {
  const place = createMemoryPlace();
  place.trouble = 'down';
  const vaults = [{ vault: createMemoryVault(place), keep: 9 }];
  const stage = await openOffSiteStage(t, { vaults, intervalMs: 12 * HOUR_MS });
  await stage.plant(START - HOUR_MS);
  stage.offSite.begin();
  await stage.pass(10 * 60_000);
  assert.deepEqual(open(stage), [], 'four failures are no reason yet');
  await stage.pass(10 * 60_000);
  assert.match(
    open(stage).join('\n'),
    /^vault:s3:behind critical: What was backed up since 2026-11-21 08:00 UTC is not in memory s3 yet\. The last of 5 attempts said: memory s3 does not answer\.$/,
  );
  place.trouble = null;
  await stage.pass(HOUR_MS);
  assert.deepEqual(open(stage), []);
});

test('a transfer that takes longer than two intervals puts a vault behind, without any failure', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 9 }] });
  await stage.plant(START);
  const { begun } = holdTransfers(place);
  stage.offSite.begin();
  await begun;
  stage.now += 3 * HOUR_MS;
  await stage.offSite.watch();
  assert.match(
    open(stage).join('\n'),
    /vault:s3:behind critical: .* It is being sent; \/backups sync shows how far it is\.$/,
  );
});

test('credentials that are refused are told of at once, and the same words are not told twice', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 9 }] });
  stage.offSite.begin();
  await stage.pass(1000);
  place.trouble = 'refused';
  await stage.offSite.sync();
  assert.deepEqual(open(stage), [
    'vault:s3:refused critical: No backup gets into memory s3 any more. memory s3 refuses the key.',
  ]);
  place.trouble = null;
  await stage.offSite.sync();
  assert.deepEqual(open(stage), []);
});

test('a vault that is read but not written to stays refused: no round in between takes all for well', async (t) => {
  const place = createMemoryPlace();
  const vault = createMemoryVault(place);
  const readOnly: Vault = {
    ...vault,
    async put() {
      throw new AppError('forbidden', { en: 'The key may only read.', ja: '読み取り専用のキーです。' });
    },
  };
  // Waits differ, as they do in life.
  const random = [0.9, 0.1, 0.8, 0.2, 1, 0, 0.5];
  let at = 0;
  const stage = await openOffSiteStage(t, {
    vaults: [{ vault: readOnly, keep: 9 }],
    random: () => random[at++ % random.length] ?? 0,
  });
  await stage.plant(START - HOUR_MS);
  stage.offSite.begin();
  await stage.pass(0);
  const heard: number[] = [];
  for (let minute = 0; minute < 90; minute += 1) {
    await stage.pass(60_000);
    if (minute === 30) await stage.plant(stage.now);
    heard.push(stage.alerts.open().filter(({ key }) => key === 'vault:s3:refused').length);
  }
  assert.deepEqual(new Set(heard), new Set([1]));
});

test('a vault that fills up is told of at 80 % and again at 95 %, with what to do', async (t) => {
  const place = createMemoryPlace();
  const vault = createMemoryVault(place, { name: 'github' });
  const stage = await openOffSiteStage(t, { vaults: [{ vault, keep: 9 }] });
  place.limitBytes = 24_000;
  await stage.plant(START - 5 * HOUR_MS);
  await stage.offSite.sync();
  assert.match(
    open(stage).join('\n'),
    /^vault:github:quota80 warning: memory github is 83 % full: 20 kB of 24 kB\. At this pace it is full in 0 days\. GitHub never frees the room of removed copies: raise the Git LFS budget/,
  );
  place.limitBytes = 41_000;
  await stage.plant(START - 4 * HOUR_MS);
  await stage.offSite.sync();
  assert.match(
    open(stage).join('\n'),
    /^vault:github:quota95 critical: memory github is 97 % full[^\n]*$/,
    'and no longer the other',
  );
  place.limitBytes = 1_000_000;
  await stage.plant(START - 3 * HOUR_MS);
  await stage.offSite.sync();
  assert.deepEqual(open(stage), []);
});

test('what is complained of a vault that is not configured any more is over', async (t) => {
  const stage = await openOffSiteStage(t, { vaults: [] });
  stage.alerts.raise({ key: 'vault:s3:refused', severity: 'critical', words: { en: 'x', ja: 'x' } });
  stage.alerts.raise({ key: 'backup:failed', severity: 'critical', words: { en: 'y', ja: 'y' } });
  stage.offSite.begin();
  await stage.offSite.watch();
  assert.deepEqual(open(stage), ['backup:failed critical: y']);
  assert.deepEqual(await stage.offSite.vaults(), []);
  assert.deepEqual(await stage.offSite.elsewhere(), []);
});

test('the forecast follows the schedule at first, and what was measured once that covers two days', () => {
  const pace = { archiveBytes: 50, perDay: 4 };
  const at = (day: number, usedBytes: number): UsageSample => ({
    at: START + day * DAY_MS,
    usedBytes,
    limitBytes: 10_000,
  });
  assert.equal(forecastQuota([], pace), null);
  const early = forecastQuota([at(0, 1000)], pace);
  assert.deepEqual([early?.bytesPerDay, early?.days], [200, { to80: 35, to95: 42, to100: 45 }]);
  const later = forecastQuota([at(0, 1000), at(4, 1400)], pace);
  assert.deepEqual([later?.bytesPerDay, later?.days], [100, { to80: 66, to95: 81, to100: 86 }]);
  const freed = forecastQuota([at(0, 1400), at(4, 1000)], pace);
  assert.deepEqual([freed?.bytesPerDay, freed?.days.to100], [0, null]);
  const full = forecastQuota([at(0, 9600)], pace);
  assert.deepEqual(full?.days, { to80: 0, to95: 0, to100: 2 });
  const limitless = forecastQuota([{ at: START, usedBytes: 5, limitBytes: null }], pace);
  assert.deepEqual(limitless?.days, { to80: null, to95: null, to100: null });
});

test('of each day the last measure stays, for sixty days', () => {
  let samples: UsageSample[] = [];
  for (let hour = 0; hour < 24 * 70; hour += 12)
    samples = withSample(samples, { usedBytes: hour, limitBytes: null }, START + hour * HOUR_MS);
  assert.equal(samples.length, 60);
  assert.equal(samples.at(-1)?.usedBytes, 24 * 70 - 12);
  assert.deepEqual(withSample(samples, null, START), samples);
});
