import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFolderVault } from '../../src/adapters/folder-vault/vault.ts';
import { createOffSite } from '../../src/backup/offsite/offsite.ts';
import { createPacking } from '../../src/backup/vault/packing.ts';
import { MANUAL, openRoom } from '../support/backup-room.ts';
import { tempFolder } from '../support/temp-store.ts';

test('a backup gets to a folder, is read back, and comes back when it is gone here', async (t) => {
  const room = await openRoom(t);
  const directory = join(tempFolder(t), 'nas');
  mkdirSync(directory);
  const folder = join(room.folder, '.off-site');
  const offSite = createOffSite({
    vaults: [{ vault: createFolderVault({ directory, memory: join(folder, 'memory') }), keep: 3 }],
    catalogue: room.parts.catalogue,
    packing: (scratchFolder) => createPacking({ cipher: null, scratchFolder }),
    folder,
    freeBytes: () => Promise.resolve(1e12),
    alerts: null,
    intervalMs: () => 3_600_000,
    later: () => () => undefined,
    clock: room.parts.clock,
    random: () => 0,
    log: room.parts.log,
  });
  t.after(() => offSite.close());
  const { entry } = await room.manager.create(MANUAL);
  assert.deepEqual((await offSite.vaults())[0]?.pending, [entry.name]);
  const [result] = await offSite.sync();
  assert.deepEqual(result?.sent, [entry.name]);
  assert.equal((await offSite.copies()).get(entry.name)?.[0]?.state, 'verified');
  await room.parts.catalogue.remove(entry.name);
  assert.equal((await offSite.elsewhere())[0]?.name, entry.name);
  await offSite.fetch(entry.name);
  assert.equal((await room.manager.verify(entry.name)).state, 'good');
});
