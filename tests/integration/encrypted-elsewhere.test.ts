import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createAgeCipher } from '../../src/adapters/age/cipher.ts';
import { openCatalogue } from '../../src/backup/catalogue.ts';
import { createSealedArchive } from '../../src/backup/sealed-archive.ts';
import { aliceKey } from '../support/age-keys.ts';
import { tarZst } from '../support/archives.ts';
import { MANUAL, openRoom } from '../support/backup-room.ts';
import { createMemoryPlace, createMemoryVault } from '../support/memory-vault.ts';
import { openOffSiteStage } from '../support/off-site-stage.ts';
import { tempFolder } from '../support/temp-store.ts';
import { backupThreads as threads } from '../support/threads.ts';

const cipher = createAgeCipher({ threads, key: aliceKey });

for (const [what, first, second] of [
  ['lay encrypted here and is fetched to where none does', true, false],
  ['lay here readable and is fetched to where all are encrypted', false, true],
] as const) {
  test(`a backup that ${what} is known for the copy it came from, and is not sent again`, async (t) => {
    const place = createMemoryPlace();
    const machine = async (encrypts: boolean) => {
      const folder = join(tempFolder(t), 'backups');
      const catalogue = await openCatalogue(folder, { createIfMissing: true, encrypts, own: () => null });
      const archive = createSealedArchive({ archive: tarZst, cipher, freeBytes: async () => 1e9 });
      const room = await openRoom(t, { folder, catalogue, archive, encrypts });
      const vaults = [{ vault: createMemoryVault(place), keep: 5 }];
      return { room, stage: await openOffSiteStage(t, { vaults, cipher, backups: folder, encrypts }) };
    };
    const lost = await machine(first);
    const { entry } = await lost.room.manager.create(MANUAL);
    await lost.stage.offSite.sync();
    const stored = new Map(place.files);

    const next = await machine(second);
    await next.stage.offSite.fetch(entry.name);
    assert.equal((await next.room.manager.verify(entry.name)).state, 'good');
    const [result] = await next.stage.offSite.sync();
    assert.deepEqual([result?.problems, result?.sent], [[], [entry.name]]);
    const archive = `${entry.name}.tar.zst.age`;
    assert.ok(place.files.get(archive) === stored.get(archive), 'the very same copy');
    assert.deepEqual((await next.stage.offSite.vaults())[0]?.verified, [entry.name]);
  });
}
