import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createAgeCipher } from '../../../src/adapters/age/cipher.ts';
import type { Vault } from '../../../src/backup/vault-ports.ts';
import { isAppError } from '../../../src/errors.ts';
import { aliceKey } from '../../support/age-keys.ts';
import { createMemoryPlace, createMemoryVault } from '../../support/memory-vault.ts';
import { DAY_MS, HOUR_MS, openOffSiteStage, START } from '../../support/off-site-stage.ts';
import { backupThreads as threads } from '../../support/threads.ts';

const states = async (
  { offSite }: { offSite: Awaited<ReturnType<typeof openOffSiteStage>>['offSite'] },
  name: string,
) => (await offSite.copies()).get(name)?.map(({ vault, state }) => `${vault} ${state}`) ?? [];

test('backups go newest first, and count once they were read back', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 5 }] });
  const older = await stage.plant(START - 2 * HOUR_MS);
  const newer = await stage.plant(START - HOUR_MS);
  assert.deepEqual(await states(stage, newer), ['s3 pending']);
  const [view] = await stage.offSite.vaults();
  assert.deepEqual(view?.pending, [newer, older]);
  assert.equal(view?.behindSince, START - 2 * HOUR_MS);
  const [result] = await stage.offSite.sync();
  assert.deepEqual(result?.sent, [newer, older]);
  assert.deepEqual(place.calls, ['list', `put ${newer}`, `read ${newer}`, `put ${older}`, `read ${older}`, 'usage']);
  assert.deepEqual(await states(stage, newer), ['s3 verified']);
  const [after] = await stage.offSite.vaults();
  assert.deepEqual([after?.pending, after?.behindSince, after?.lastSuccessAt], [[], null, START]);
  place.calls.length = 0;
  await stage.offSite.sync();
  assert.deepEqual(place.calls, ['list'], 'what is there is not sent again');
});

test('safety backups stay here, and of those after changes the newest goes', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 5 }] });
  const safety = await stage.plant(START - 5 * HOUR_MS, { kind: 'safety' });
  const superseded = await stage.plant(START - 4 * HOUR_MS, { kind: 'after-change' });
  const manual = await stage.plant(START - 3 * HOUR_MS);
  const newest = await stage.plant(START - HOUR_MS, { kind: 'after-change' });
  await stage.offSite.sync();
  assert.deepEqual(
    (await createMemoryVault(place).list()).map(({ name }) => name),
    [newest, manual],
  );
  assert.deepEqual(await states(stage, safety), []);
  assert.deepEqual(await states(stage, superseded), []);
});

test('retention removes several at a time once the newest is there; never the newest drilled one, nor pinned ones', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 4 }] });
  const at = (hours: number) => START - hours * HOUR_MS;
  const pinned = await stage.plant(at(9), { pinned: true });
  const drilled = await stage.plant(at(8), { drilled: true });
  const [six, five] = [await stage.plant(at(6)), await stage.plant(at(5))];
  await stage.offSite.sync();
  for (const name of [pinned, drilled, six, five]) await stage.catalogue.remove(name);
  const newer = [
    await stage.plant(at(4)),
    await stage.plant(at(3)),
    await stage.plant(at(2)),
    await stage.plant(at(1)),
  ];
  place.trouble = 'cut';
  const [cut] = await stage.offSite.sync();
  assert.deepEqual([cut?.sent, cut?.removed], [[], []], 'nothing goes while the newest has not come');
  place.trouble = null;
  const [done] = await stage.offSite.sync();
  assert.deepEqual(done?.removed, [five, six]);
  assert.deepEqual(
    place.calls.filter((call) => call.startsWith('delete')),
    [`delete ${five} ${six}`],
  );
  const left = (await createMemoryVault(place).list()).map(({ name }) => name);
  assert.deepEqual(left, [...newer.reverse(), drilled, pinned]);
});

test('what retention would take away again is not sent in the first place', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 2 }] });
  for (const hours of [5, 4, 3, 2, 1]) await stage.plant(START - hours * HOUR_MS);
  await stage.offSite.sync();
  assert.equal(place.calls.filter((call) => call.startsWith('put')).length, 2);
});

test('a copy that reads back differently is taken away and sent again, and never counted', async (t) => {
  const place = createMemoryPlace();
  const vault = createMemoryVault(place);
  let lies = 1;
  const lying: Vault = {
    ...vault,
    async readBack(name, work) {
      const found = await vault.readBack(name, work);
      return lies-- > 0 ? { ...found, sha256: 'ab'.repeat(32) } : found;
    },
  };
  const stage = await openOffSiteStage(t, { vaults: [{ vault: lying, keep: 5 }] });
  const name = await stage.plant(START - HOUR_MS);
  const [first] = await stage.offSite.sync();
  assert.deepEqual(first?.sent, []);
  assert.match(JSON.stringify(first?.problems), /is not what was stored/);
  assert.deepEqual(await states(stage, name), ['s3 failed']);
  assert.deepEqual(await vault.list(), []);
  const [second] = await stage.offSite.sync();
  assert.deepEqual(second?.sent, [name]);
});

test('an archive that has changed on this machine goes nowhere, and keeps no other back', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 5 }] });
  const good = await stage.plant(START - 2 * HOUR_MS);
  const rotten = await stage.plant(START - HOUR_MS);
  writeFileSync(stage.catalogue.archiveFile(rotten), Buffer.alloc(20_000));
  const [result] = await stage.offSite.sync();
  assert.deepEqual(result?.sent, [good]);
  assert.match(JSON.stringify(result?.problems), /on this machine is not what it was when it was verified/);
  assert.equal((await stage.offSite.vaults())[0]?.trouble, null);
});

test('what somebody removes from the vault is sent again; what is deleted here stays there', async (t) => {
  const place = createMemoryPlace();
  const vault = createMemoryVault(place);
  const stage = await openOffSiteStage(t, { vaults: [{ vault, keep: 5 }] });
  const name = await stage.plant(START - HOUR_MS, { reason: 'the old rules', drilled: true });
  await stage.offSite.sync();
  await vault.delete([name]);
  assert.deepEqual((await stage.offSite.sync())[0]?.sent, [name]);
  await stage.catalogue.remove(name);
  await stage.offSite.sync();
  const [remote] = await stage.offSite.elsewhere();
  assert.deepEqual(
    [remote?.name, remote?.kind, remote?.reason, remote?.documents, remote?.drilled],
    [name, 'manual', 'the old rules', 214, true],
  );
  assert.deepEqual(await states(stage, name), ['s3 verified']);
});

test('when what was remembered is lost, encrypted copies are read back, and not sent again under the same name', async (t) => {
  const place = createMemoryPlace();
  const cipher = createAgeCipher({ threads, key: aliceKey });
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 5 }], cipher });
  const name = await stage.plant(START - HOUR_MS, { reason: 'nobody should read this' });
  await stage.offSite.sync();
  assert.ok(place.files.has(`${name}.tar.zst.age`));
  assert.ok(![...place.files.values()].some((bytes) => bytes.includes('nobody should read this')));
  writeFileSync(join(stage.folder, 's3', 'ledger.json'), '{"format":');
  place.calls.length = 0;
  assert.deepEqual(await states(stage, name), ['s3 pending']);
  const [again] = await stage.offSite.sync();
  assert.deepEqual([again?.sent, again?.problems], [[name], []]);
  assert.deepEqual(place.calls, ['list', `read ${name}`, 'usage']);
  assert.ok(stage.lines.some(({ level, message }) => level === 'warn' && message.includes('is made anew')));
  await stage.catalogue.remove(name);
  await stage.offSite.fetch(name);
  const { sizeBytes } = await stage.catalogue.show(name);
  assert.equal(sizeBytes, 20_000, 'decrypted');
});

test('where the folder of backups is gone nothing is made in its place', async (t) => {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 5 }] });
  const name = await stage.plant(START - HOUR_MS);
  await stage.offSite.sync();
  rmSync(stage.catalogue.folder, { recursive: true });
  const [result] = await stage.offSite.sync();
  assert.match(JSON.stringify(result?.problems), /The backup folder .* cannot be reached/);
  await assert.rejects(stage.offSite.fetch(name), (error) => isAppError(error, 'unavailable'));
  await assert.rejects(stage.offSite.vaults(), (error) => isAppError(error, 'unavailable'));
  assert.ok(!existsSync(stage.catalogue.folder));
  assert.equal(place.calls.filter((call) => call.startsWith('delete')).length, 0);
});

test('another backup under the same name is left alone, and said to be another', async (t) => {
  const place = createMemoryPlace();
  const stages = [];
  for (const _ of [1, 2])
    stages.push(await openOffSiteStage(t, { vaults: [{ vault: createMemoryVault(place), keep: 5 }] }));
  const [one, two] = stages;
  assert.ok(one !== undefined && two !== undefined);
  const name = await one.plant(START - DAY_MS);
  await two.plant(START - DAY_MS);
  await one.offSite.sync();
  const before = place.files.get(`${name}.tar.zst`);
  const [result] = await two.offSite.sync();
  assert.match(JSON.stringify(result?.problems), /Do two bots share one vault\?/);
  assert.equal(place.files.get(`${name}.tar.zst`), before);
});
