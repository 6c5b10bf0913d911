import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { MARKER } from '../../src/adapters/folder-vault/mount.ts';
import { createFolderVault } from '../../src/adapters/folder-vault/vault.ts';
import { readChunks } from '../../src/backup/vault/api.ts';
import { isAppError } from '../../src/errors.ts';
import { tempFolder } from '../support/temp-store.ts';
import { makeCopy, type VaultStage } from '../support/vault-stage.ts';
import { describeVault } from './vault.ts';

const SIZE_BYTES = 3_000_000;

function openStage(t: TestContext): Promise<VaultStage> {
  const directory = join(tempFolder(t), 'mount');
  mkdirSync(directory);
  let trouble: 'cut' | 'hang' | 'full' | null = null;

  /** A share that breaks or stands still after the first piece. */
  async function* read(file: string): AsyncIterable<Uint8Array> {
    for await (const chunk of readChunks(file)) {
      yield chunk;
      if (trouble === 'cut') throw Object.assign(new Error('i/o error'), { code: 'EIO' });
      if (trouble === 'hang') await new Promise(() => undefined);
    }
  }
  const another = (place = directory, idleMs = 20_000) =>
    createFolderVault({
      directory: place,
      memory: join(tempFolder(t), 'vaults', 'folder'),
      idleMs,
      read,
      freeBytes: () => Promise.resolve(trouble === 'full' ? SIZE_BYTES : 1e12),
    });
  return Promise.resolve({
    vault: another(),
    impatient: another(directory, 400),
    another,
    refused: another('/sys/kernel'),
    secrets: [],
    cut: () => void (trouble = 'cut'),
    hang: () => void (trouble = 'hang'),
    fill: () => void (trouble = 'full'),
    heal: () => void (trouble = null),
    plant: (file, text) => Promise.resolve(writeFileSync(join(directory, file), text)),
    files: () => Promise.resolve(readdirSync(directory)),
    leftovers: () => Promise.resolve(readdirSync(directory).filter((file) => file.endsWith('.partial'))),
    tamper(file) {
      const bytes = readFileSync(join(directory, file));
      bytes[1000] = (bytes[1000] ?? 0) ^ 1;
      return Promise.resolve(writeFileSync(join(directory, file), bytes));
    },
  });
}

describeVault('folder', { open: openStage, sizeBytes: SIZE_BYTES });

test('folder: a mount point whose mount is gone is noticed, and nothing is written under it', async (t) => {
  const [root, memory] = [tempFolder(t), join(tempFolder(t), 'folder')];
  const directory = join(root, 'mount');
  const vault = createFolderVault({ directory, memory });
  const { copy, file } = makeCopy(t, 1000);
  const unavailable = (error: unknown) => isAppError(error, 'unavailable');
  await assert.rejects(vault.put(copy, file), unavailable);
  assert.ok(!existsSync(directory), 'a vault is never created');
  mkdirSync(directory);
  await vault.put(copy, file);
  renameSync(directory, join(root, 'unmounted'));
  mkdirSync(directory);
  const all = [() => vault.put(copy, file), () => vault.list(), () => vault.readBack(copy), () => vault.usage()];
  for (const work of all) {
    await assert.rejects(work, (error) => unavailable(error) && String(error).includes(MARKER));
  }
  assert.deepEqual(readdirSync(directory), []);
  writeFileSync(join(directory, MARKER), '');
  await vault.put(copy, file);
  assert.equal((await vault.list()).length, 1);
});

test('folder: a copy can be checked with sha256sum, and links are not followed', async (t) => {
  const directory = tempFolder(t);
  const vault = createFolderVault({ directory, memory: join(tempFolder(t), 'folder') });
  const { copy, file } = makeCopy(t, 1000);
  await vault.put(copy, file);
  assert.equal(readFileSync(join(directory, `${copy.fileName}.sha256`), 'utf8'), `${copy.sha256}  ${copy.fileName}\n`);
  symlinkSync('/etc/passwd', join(directory, 'nescordbot_backup_20261101_000000.tar.zst'));
  assert.deepEqual(
    (await vault.list()).map(({ name }) => name),
    [copy.name],
  );
});
