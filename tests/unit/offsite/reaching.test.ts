import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reaching } from '../../../src/app/off-site.ts';
import { AppError } from '../../../src/errors.ts';
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
  rotten: [],
  readBack: null,
  newest: null,
  running: null,
} as const;

function house() {
  const [script, away] = [createScriptedBackups(), createScriptedOffSite()];
  const calls: string[] = [];
  const offSite = {
    ...away.offSite,
    wake: () => void calls.push('wake'),
    async fetch(name: string) {
      calls.push(`fetch ${name}`);
      const [entry] = script.entries;
      assert.ok(entry !== undefined);
      const fetched = { ...entry, name };
      const at = script.entries.findIndex((one) => one.name === name);
      if (at >= 0) script.entries.splice(at, 1);
      script.entries.push(fetched);
      return fetched;
    },
  };
  return { script, away, calls, manager: reaching(script.backups, offSite) };
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
