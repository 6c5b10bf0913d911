import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MANUAL, openRoom } from '../support/backup-room.ts';

test('an encrypted archive that somebody laid beside a backup does not hide that it is whole', async (t) => {
  const room = await openRoom(t);
  const { entry } = await room.manager.create(MANUAL);
  const at = (suffix: string) => join(room.folder, `${entry.name}${suffix}`);
  writeFileSync(at('.tar.zst.age'), readFileSync(at('.tar.zst')).subarray(0, 1000));
  const found = await room.manager.show(entry.name);
  assert.deepEqual([found.state, found.encrypted, found.sizeBytes], ['good', undefined, entry.sizeBytes]);
  assert.equal((await room.manager.verify(entry.name)).state, 'good');
  rmSync(at('.manifest.json'));
  assert.equal((await room.manager.verify(entry.name)).state, 'good', 'without a sidecar, too');
});

test('where the sidecar describes the encrypted archive, one that is not does not hide it', async (t) => {
  const room = await openRoom(t);
  const { entry } = await room.manager.create(MANUAL);
  const at = (suffix: string) => join(room.folder, `${entry.name}${suffix}`);
  writeFileSync(at('.tar.zst.age'), readFileSync(at('.tar.zst')));
  writeFileSync(at('.tar.zst'), 'half of something');
  const found = await room.manager.show(entry.name);
  assert.deepEqual([found.state, found.encrypted, found.sizeBytes], ['good', true, entry.sizeBytes]);
});
