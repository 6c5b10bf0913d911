import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createAgeCipher } from '../../src/adapters/age/cipher.ts';
import { openCatalogue } from '../../src/backup/catalogue.ts';
import type { Cipher } from '../../src/backup/crypt-ports.ts';
import { createSealedArchive } from '../../src/backup/sealed-archive.ts';
import { isAppError } from '../../src/errors.ts';
import { aliceKey } from '../support/age-keys.ts';
import { tarZst } from '../support/archives.ts';
import { MANUAL, openRoom } from '../support/backup-room.ts';
import { hashOf } from '../support/lfs-server.ts';
import { tempFolder } from '../support/temp-store.ts';
import { backupThreads as threads } from '../support/threads.ts';

const age = createAgeCipher({ threads, key: aliceKey });

async function sealedRoom(t: TestContext, cipher: Cipher = age, freeBytes = async () => 1e9) {
  const folder = join(tempFolder(t), 'backups');
  const catalogue = await openCatalogue(folder, { createIfMissing: true, encrypts: true, own: () => null });
  const archive = createSealedArchive({ archive: tarZst, cipher, freeBytes });
  return openRoom(t, { folder, catalogue, archive, encrypts: true });
}

const archivesIn = (folder: string): string[] => readdirSync(folder).filter((name) => /tar\.zst|work/.test(name));

test('nothing readable and nothing half is left, wherever making an encrypted backup ends', async (t) => {
  const during: string[][] = [];
  const stop = new AbortController();
  let isCut = true;
  const room = await sealedRoom(t, {
    ...age,
    async encrypt(from, to, work) {
      during.push(archivesIn(room.folder));
      if (isCut) stop.abort();
      return age.encrypt(from, to, work);
    },
  });
  await assert.rejects(room.manager.create(MANUAL, { signal: stop.signal }), (error) => isAppError(error, 'aborted'));
  assert.deepEqual(archivesIn(room.folder), []);
  isCut = false;
  const { entry } = await room.manager.create(MANUAL);
  assert.equal(entry.state, 'good');
  assert.equal(during.length, 2);
  for (const names of during) {
    assert.ok(names.length > 0);
    for (const name of names) assert.match(name, /^\.work-/);
  }
  assert.deepEqual(archivesIn(room.folder), [`${entry.name}.tar.zst.age`]);
});

test('what a kill left of it is taken away by the next job', async (t) => {
  const room = await sealedRoom(t);
  const scratch = join(room.folder, '.work-0b0e1d4a-7f0c-4a53-9f05-0a5b3f4b6a11');
  mkdirSync(scratch);
  writeFileSync(join(scratch, 'nescordbot_backup_20261121_093005.tar.zst'), 'all of it, readable');
  const partial = '.nescordbot_backup_20261121_093005.tar.zst.age.0b0e1d4a-7f0c-4a53-9f05-0a5b3f4b6a11.partial';
  writeFileSync(join(room.folder, partial), 'half of it');
  const removed = 'nescordbot_backup_20261120_093005.tar.zst.age.removed.partial';
  writeFileSync(join(room.folder, removed), 'on its way out');
  writeFileSync(join(room.folder, 'nescordbot_backup_20261120_093005.manifest.json'), '{}');
  const { entry } = await room.manager.create(MANUAL);
  assert.deepEqual(archivesIn(room.folder), [`${entry.name}.tar.zst.age`]);
  assert.deepEqual(
    (await room.manager.list()).map(({ name }) => name),
    [entry.name],
  );
});

test('size and hash are those of the file that lies there, and it is there once', async (t) => {
  const room = await sealedRoom(t);
  const { entry } = await room.manager.create(MANUAL);
  const file = room.parts.catalogue.archiveFile(entry.name);
  const reading = await room.parts.archive.read(file);
  assert.equal(reading.sha256, hashOf(readFileSync(file)));
  assert.deepEqual(reading.files, entry.sidecar?.manifest.files);
  // The same one decrypted by hand beside it does not make two of it.
  await age.decrypt(file, join(room.folder, `${entry.name}.tar.zst`));
  assert.equal((await room.manager.list()).length, 1);
  assert.equal((await room.manager.show(`${entry.name}.tar.zst.age`)).state, 'good');
  await room.manager.create(MANUAL);
  await room.manager.delete(entry.name);
  assert.equal(archivesIn(room.folder).length, 1, 'both are gone');
});

test('without room to decrypt it says how much is missing; decrypted by hand, it is a backup as well', async (t) => {
  const room = await sealedRoom(t, age, async () => 1e6);
  const { entry } = await room.manager.create(MANUAL);
  assert.equal(entry.encrypted, true);
  const full = (error: unknown) => isAppError(error, 'limit') && /are missing/.test(error.message);
  await assert.rejects(room.manager.verify(entry.name), full);
  assert.equal((await room.manager.show(entry.name)).state, 'good', 'it is not taken for damaged');
  const plain = await openRoom(t);
  const file = room.parts.catalogue.archiveFile(entry.name);
  await age.decrypt(file, join(plain.folder, `${entry.name}.tar.zst`));
  assert.equal((await plain.manager.verify(entry.name)).state, 'good');
});
