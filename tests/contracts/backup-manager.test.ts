import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { BackupManager } from '../../src/backup/api.ts';
import { ALICE, MANUAL, openRoom } from '../support/backup-room.ts';
import { createScriptedBackups } from '../support/fake-backups.ts';

type Manager = Omit<BackupManager, 'preview' | 'restore' | 'takeBack'>;

const managers: Record<string, (t: TestContext) => Promise<Manager>> = {
  'the backups of a folder': async (t) => (await openRoom(t)).manager,
  'the backups that tests script': async () => createScriptedBackups().backups,
};

for (const [name, open] of Object.entries(managers)) {
  test(`${name}: what is made is the newest of the list, with who made it and why, and nothing runs afterwards`, async (t) => {
    const manager = await open(t);
    const stages = new Set<string>();
    const first = await manager.create(
      { ...MANUAL, reason: 'first' },
      { onProgress: ({ stage }) => stages.add(stage) },
    );
    const second = await manager.create(MANUAL);
    const names = (await manager.list()).map((entry) => entry.name);
    assert.deepEqual(names.slice(0, 2), [second.entry.name, first.entry.name]);
    assert.ok(second.retention.kept.some((kept) => kept.name === second.entry.name));
    const { sidecar } = await manager.show(first.entry.name);
    assert.deepEqual([sidecar?.manifest.reason, sidecar?.manifest.by, sidecar?.pinned], ['first', ALICE, false]);
    assert.ok(stages.size > 0);
    assert.equal(manager.running(), null);
    assert.ok((await manager.space()).usedBytes > 0);
  });

  test(`${name}: one job at a time; another is told that it is busy`, async (t) => {
    const manager = await open(t);
    const making = manager.create(MANUAL);
    assert.equal(manager.running()?.what, 'backup');
    await assert.rejects(manager.create(MANUAL), { name: 'AppError', code: 'busy' });
    await making;
    assert.equal(manager.running(), null);
  });

  test(`${name}: what is not there is not found, whatever is to be done with it`, async (t) => {
    const manager = await open(t);
    const absent = 'nescordbot_backup_20200101_000000';
    const missing = { name: 'AppError', code: 'not_found' };
    for (const doing of [manager.show, manager.verify, manager.delete])
      await assert.rejects(doing(absent), missing, doing.name);
    await assert.rejects(manager.pin(absent, true), missing);
  });

  test(`${name}: pinning shows, and cleaning up does what it said that it would`, async (t) => {
    const manager = await open(t);
    const { entry } = await manager.create(MANUAL);
    assert.equal((await manager.pin(entry.name, true)).sidecar?.pinned, true);
    assert.equal((await manager.show(entry.name)).sidecar?.pinned, true);
    const before = (await manager.list()).length;
    const said = await manager.cleanup({ dryRun: true });
    assert.equal((await manager.list()).length, before);
    const done = await manager.cleanup({ dryRun: false });
    assert.deepEqual(done, said);
    assert.equal((await manager.list()).length, before - said.removed.length);
  });

  test(`${name}: one is deleted, the last verified one stays`, async (t) => {
    const manager = await open(t);
    await manager.create(MANUAL);
    const { entry } = await manager.create(MANUAL);
    assert.equal((await manager.delete(entry.name)).name, entry.name);
    const left = (await manager.list()).map((one) => one.name);
    assert.ok(left.length > 0 && !left.includes(entry.name));
    for (const one of left.slice(1)) await manager.delete(one);
    await assert.rejects(manager.delete(left[0] ?? ''), { name: 'AppError', code: 'conflict' });
    assert.equal((await manager.list()).length, 1);
  });
}
