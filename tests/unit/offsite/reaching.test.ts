import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reaching } from '../../../src/app/off-site.ts';
import { createVisits } from '../../../src/app/visits.ts';
import { AppError } from '../../../src/errors.ts';
import type { Standing } from '../../../src/backup/state-model.ts';
import { recordingLog } from '../../support/fake-discord.ts';
import { createScriptedBackups } from '../../support/fake-backups.ts';
import { createScriptedOffSite } from '../../support/fake-off-site.ts';

const BY = { id: '1', name: 'Morgan' };
const GONE = 'nescordbot_backup_20261101_020000';
const copy = { vault: 's3', state: 'verified', at: 0, readAt: 0, sizeBytes: 1, failure: null } as const;
const vault = {
  name: 's3',
  label: 'S3 bot-backups',
  lastSuccessAt: null,
  listedAt: null,
  pending: [],
  behindSince: null,
  trouble: null,
  failures: {},
  quota: null,
  verified: [],
  others: [],
  rotten: [],
  readBack: null,
  newest: null,
  running: null,
} as const;

function house({ standing = 'current' }: { readonly standing?: Standing } = {}) {
  const [script, away] = [createScriptedBackups(), createScriptedOffSite()];
  const calls: string[] = [];
  const { log, lines } = recordingLog();
  const answer = { look: async (): Promise<void> => undefined };
  const offSite = {
    ...away.offSite,
    wake: () => void calls.push('wake'),
    look: () => answer.look(),
    async fetch(name: string) {
      calls.push(`fetch ${name}`);
      const [entry] = script.entries;
      assert.ok(entry !== undefined);
      const fetched = { ...entry, name, standing };
      const at = script.entries.findIndex((one) => one.name === name);
      if (at >= 0) script.entries.splice(at, 1);
      script.entries.push(fetched);
      return fetched;
    },
  };
  return { script, away, calls, manager: reaching(script.backups, offSite, log), lines, answer };
}

test('a backup is sent when it is made; a scheduled one once its restore was rehearsed', async () => {
  const { manager, calls } = house();
  await manager.create({ kind: 'manual', reason: null, by: BY });
  assert.deepEqual(calls, ['wake']);
  const { entry } = await manager.create({ kind: 'scheduled', reason: null, by: BY });
  assert.deepEqual(calls, ['wake']);
  await manager.verify(entry.name, { drill: true });
  assert.deepEqual(calls, ['wake', 'wake']);
});

test('what is gone here, or damaged, is fetched where a vault has it, verified, and gone back to', async () => {
  const { manager, script, away, calls } = house();
  away.vaults.push(vault);
  away.copies.set(GONE, [copy]);
  await manager.restore(GONE, BY);
  assert.deepEqual(calls, [`fetch ${GONE}`]);
  assert.deepEqual(script.calls, [`verify ${GONE}`, `restore ${GONE} by 1`]);

  const [newest] = script.entries;
  assert.ok(newest !== undefined);
  script.entries[0] = { ...newest, state: 'damaged', problem: 'a bit flipped' };
  away.copies.set(newest.name, [copy]);
  await manager.preview(newest.name);
  assert.equal(calls.at(-1), `fetch ${newest.name}`);
});

test('what is here and whole is never fetched, nor what is damaged everywhere', async () => {
  const { manager, script, away, calls } = house();
  away.vaults.push(vault);
  const [newest, older] = script.entries;
  assert.ok(newest !== undefined && older !== undefined);
  away.copies.set(newest.name, [copy]);
  await manager.preview(newest.name);
  script.entries[1] = { ...older, state: 'damaged' };
  away.copies.set(older.name, [{ ...copy, state: 'failed' }]);
  await manager.preview(older.name);
  assert.deepEqual(calls, []);
});

test('without a vault a name that is not there is not there', async () => {
  const { manager, calls } = house();
  await assert.rejects(manager.preview(GONE), (error) => error instanceof AppError && error.code === 'not_found');
  assert.deepEqual(calls, []);
});

test("another installation's backup that was fetched for a look or a restore goes again, also when that fails", async () => {
  const { manager, script, away, calls } = house({ standing: 'foreign' });
  away.vaults.push(vault);
  away.copies.set(GONE, [copy]);
  const isHere = () => script.entries.some(({ name }) => name === GONE);
  assert.equal((await manager.preview(GONE)).entry.name, GONE);
  assert.equal(isHere(), false, 'it was there to be looked at');
  await manager.restore(GONE, BY);
  assert.equal(isHere(), false);
  script.failure = new AppError('aborted', 'Nobody waits for it any more.');
  await assert.rejects(manager.restore(GONE, BY), { code: 'aborted' });
  assert.equal(isHere(), false);
  assert.deepEqual(
    calls,
    [1, 2, 3].map(() => `fetch ${GONE}`),
  );
});

test('of two looks at once the last one takes it away; what lay here before and what is pinned stay', async () => {
  const { manager, script, away, lines } = house({ standing: 'foreign' });
  const { log } = recordingLog();
  const [entry] = script.entries;
  assert.ok(entry?.sidecar);
  const foreign = { ...entry, name: GONE, standing: 'foreign' as const };
  const isHere = () => script.entries.some(({ name }) => name === GONE);
  const visits = createVisits(script.backups, away.offSite, log);
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const fetch = async (onFetch: () => void) => {
    script.entries.push(foreign);
    onFetch();
  };
  const one = visits.during(GONE, fetch, () => first.promise);
  const other = visits.during(
    GONE,
    async () => undefined,
    () => second.promise,
  );
  first.resolve();
  await one;
  assert.equal(isHere(), true, 'the other one still looks at it');
  second.resolve();
  await other;
  assert.equal(isHere(), false);

  script.entries.push(foreign);
  await manager.preview(GONE);
  assert.equal(isHere(), true, 'nobody fetched it');
  script.entries.pop();
  const pinned = { ...foreign, sidecar: { ...entry.sidecar, pinned: true } };
  const fetchPinned = async (onFetch: () => void) => {
    script.entries.push(pinned);
    onFetch();
  };
  await visits.during(GONE, fetchPinned, async () => undefined);
  assert.equal(isHere(), true, 'somebody wants it kept');
  assert.deepEqual(lines, []);
});

test('what a crash left of a look goes once a vault says that it has it whole, and never before', async () => {
  const { manager, script, away, answer } = house();
  const [entry] = script.entries;
  assert.ok(entry !== undefined);
  const names = ['nescordbot_backup_20261101_020000', 'nescordbot_backup_20261102_020000'];
  const [whole = '', alone = ''] = names;
  script.entries.push(...names.map((name) => ({ ...entry, name, standing: 'foreign' as const })));
  away.copies.set(whole, [copy]);
  away.copies.set(alone, [{ ...copy, state: 'uploaded' }]);
  const there = () => script.entries.map(({ name }) => name).filter((name) => names.includes(name));
  const scheduled = () => manager.create({ kind: 'scheduled', reason: null, by: BY });

  away.vaults.push(vault);
  await scheduled();
  assert.deepEqual(there(), names, 'a vault that does not answer may have lost it');

  let listedAt = 0;
  answer.look = async () => void away.vaults.splice(0, 1, { ...vault, listedAt: (listedAt += 1) });
  const plan = await manager.cleanup({ dryRun: true });
  const reason = {
    en: "another installation's, and whole in a vault",
    ja: '別のインストールのもの（保管先に検証済みのコピーあり）',
  };
  assert.deepEqual(plan.removed.at(-1), { name: whole, reason });
  assert.deepEqual(there(), names, 'a plan removes nothing');
  await scheduled();
  assert.deepEqual(there(), [alone]);
});
