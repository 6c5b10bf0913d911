import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { AppError } from '../../../src/errors.ts';
import { failed } from '../../../src/backup/offsite/failures.ts';
import { createMemoryPlace, createMemoryVault, holdTransfers } from '../../support/memory-vault.ts';
import { HOUR_MS, openOffSiteStage, START } from '../../support/off-site-stage.ts';

const MINUTE_MS = 60_000;
const puts = ({ calls }: { readonly calls: readonly string[] }) =>
  calls.filter((call) => call.startsWith('put')).length;

test('after a failure it waits 1 min, doubled up to 1 h and up to a fifth more, or as long as the vault says', () => {
  const error = new AppError('unavailable', 'It is down.');
  const waits: number[] = [];
  let failure = null;
  for (let attempt = 0; attempt < 9; attempt += 1) {
    failure = failed(failure, error, START, () => 0);
    waits.push((failure.nextAt - START) / MINUTE_MS);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  assert.equal(failed(null, error, START, () => 1).nextAt - START, 72_000);
  const limited = new AppError('unavailable', 'Slow down.', { retryAfterMs: 600_000 });
  assert.equal(failed(null, limited, START, () => 0).nextAt - START, 600_000);
  assert.equal(failed(null, new TypeError('x'), START, () => 0).code, 'internal');
});

test('a vault that is down is asked less and less, whatever wakes it, and takes everything when it is back', async (t) => {
  const place = createMemoryPlace();
  place.trouble = 'down';
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 9 }] });
  await stage.plant(START - HOUR_MS);
  stage.offSite.begin();
  await stage.pass(HOUR_MS - MINUTE_MS);
  assert.equal(place.calls.length, 6, 'at 0, 1, 3, 7, 15 and 31 min');
  const newer = await stage.plant(stage.now);
  stage.offSite.wake();
  await stage.pass(1000);
  assert.equal(place.calls.length, 6);
  place.trouble = null;
  await stage.pass(HOUR_MS);
  const [view] = await stage.offSite.vaults();
  assert.deepEqual([view?.trouble, view?.pending, view?.verified[0]], [null, [], newer]);
});

test('a new backup is sent as soon as it is there, also while others are under way', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 9 }] });
  stage.offSite.begin();
  await stage.pass(1000);
  const first = await stage.plant(stage.now);
  const second = START + HOUR_MS;
  let planted = false;
  place.onTransfer = async () => {
    if (planted) return;
    planted = true;
    await stage.plant(second);
    stage.offSite.wake();
  };
  stage.offSite.wake();
  await stage.pass(10_000);
  const [view] = await stage.offSite.vaults();
  assert.equal(view?.verified.length, 2);
  assert.ok(view.verified.includes(first));
});

test('stopping ends a transfer at once, counts it as no failure, and the next start brings it', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 9 }] });
  const name = await stage.plant(START - HOUR_MS);
  const { begun } = holdTransfers(place);
  stage.offSite.begin();
  await begun;
  await stage.restart();
  assert.equal(place.files.size, 0);
  place.onTransfer = null;
  const [view] = await stage.offSite.vaults();
  assert.deepEqual([view?.trouble, view?.failures], [null, {}]);
  stage.offSite.begin();
  await stage.pass(1000);
  assert.deepEqual((await stage.offSite.vaults())[0]?.verified, [name]);
});

test('how often it failed outlives a restart, and asking by hand does not wait', async (t) => {
  const place = createMemoryPlace();
  place.trouble = 'cut';
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 9 }] });
  const name = await stage.plant(START - HOUR_MS);
  for (const _ of [1, 2, 3]) await stage.offSite.sync();
  await stage.restart();
  const [view] = await stage.offSite.vaults();
  assert.equal(view?.failures[name]?.attempts, 3);
  assert.equal(view?.trouble?.nextAt, START + 4 * MINUTE_MS);
  assert.deepEqual((await stage.offSite.copies()).get(name)?.[0]?.state, 'failed');
  place.trouble = null;
  assert.deepEqual((await stage.offSite.sync())[0]?.sent, [name]);
  assert.deepEqual((await stage.offSite.vaults())[0]?.failures, {});
});

test('one vault that stands still does not hold up the other', async (t) => {
  const [stuck, well] = [createMemoryPlace(), createMemoryPlace()];
  stuck.trouble = 'hang';
  const stage = await openOffSiteStage(t, {
    vaults: [
      { vault: createMemoryVault(stuck, { name: 'github' }), keep: 9 },
      { vault: createMemoryVault(well), keep: 9 },
    ],
  });
  const name = await stage.plant(START - HOUR_MS);
  const results = await stage.offSite.sync();
  assert.deepEqual(
    results.map(({ vault, sent, problems }) => [vault, sent, problems.length]),
    [
      ['github', [], 1],
      ['s3', [name], 0],
    ],
  );
});

/** One backup is on its way to a vault, and stands still. */
async function sending(t: TestContext) {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 9 }] });
  await stage.plant(START - HOUR_MS);
  const { begun, release } = holdTransfers(place);
  const first = stage.offSite.sync();
  await begun;
  return { place, stage, first, release };
}

test('two who ask at once send nothing twice', async (t) => {
  const { place, stage, first, release } = await sending(t);
  const second = stage.offSite.sync();
  release();
  assert.deepEqual(
    (await Promise.all([first, second])).map(([result]) => result?.sent.length),
    [1, 0],
  );
  assert.equal(puts(place), 1);
});

test('while another process sends, a second one says so and does nothing', async (t) => {
  const { place, stage, first, release } = await sending(t);
  const beside = stage.beside();
  t.after(() => beside.close());
  const [refused] = await beside.sync();
  assert.match(JSON.stringify(refused?.problems), /Another NescordBot process is sending copies to memory s3/);
  release();
  assert.equal((await first)[0]?.sent.length, 1);
  assert.deepEqual((await beside.vaults())[0]?.verified.length, 1, 'what it did is known there as well');
  assert.equal(puts(place), 1);
});

test('a backup from a shell is noticed without being told, and a vault is asked every few hours anyway', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 9 }] });
  stage.offSite.begin();
  await stage.pass(MINUTE_MS);
  const name = await stage.plant(stage.now);
  await stage.pass(20 * MINUTE_MS);
  assert.deepEqual((await stage.offSite.vaults())[0]?.verified, [name]);
  place.calls.length = 0;
  await stage.pass(13 * HOUR_MS);
  assert.deepEqual(place.calls, ['list', 'usage', 'list', 'usage']);
});
