import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { receive, unlessStalled } from '../../../src/backup/vault/api.ts';
import { archivesAmong, parseVaultFile } from '../../../src/backup/vault/model.ts';
import { AppError, isAppError } from '../../../src/errors.ts';
import { tempFolder } from '../../support/temp-store.ts';

const otherwise = () => new AppError('damaged', 'other bytes');

test('a source that stops giving is given up, and one that is slow but gives is not', async () => {
  async function* slow(thenHang: boolean) {
    for (let at = 0; at < 4; at += 1) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      yield Buffer.from('x');
    }
    if (thenHang) await new Promise(() => undefined);
  }
  const read = async (thenHang: boolean) => {
    let bytes = 0;
    for await (const piece of unlessStalled(slow(thenHang), { label: 'the vault', idleMs: 120 })) bytes += piece.length;
    return bytes;
  };
  assert.equal(await read(false), 4);
  await assert.rejects(read(true), (error) => isAppError(error, 'unavailable') && /the vault/.test(error.message));
});

test('what is longer than it should be is refused before the surplus is written', async (t) => {
  const file = join(tempFolder(t), 'file');
  let asked = 0;
  async function* endless() {
    for (;;) {
      asked += 1;
      yield await Promise.resolve(Buffer.alloc(1000));
    }
  }
  await assert.rejects(receive(endless(), file, { sizeBytes: 2500, sha256: null, otherwise }), otherwise());
  assert.equal(asked, 3);
  assert.ok(!existsSync(file));
  assert.deepEqual(readdirSync(join(file, '..')), []);
});

test('only names that this program writes are files of a vault, and of two archives the encrypted one counts', () => {
  const name = 'nescordbot_backup_20261121_093005';
  assert.equal(parseVaultFile(`${name}.tar.zst`)?.part, 'archive');
  assert.equal(parseVaultFile(`${name}_2.tar.zst.age`)?.name, `${name}_2`);
  assert.equal(parseVaultFile(`${name}.manifest.json`)?.part, 'note');
  for (const wrong of [name, `../${name}.tar.zst`, `${name}.tar.zst.age.age`, `${name}.tar`, '.tar.zst', '']) {
    assert.equal(parseVaultFile(wrong), null, wrong);
  }
  const newer = 'nescordbot_backup_20261121_093006.tar.zst';
  const found = archivesAmong([`${name}.tar.zst.age`, newer, `${name}.tar.zst`, 'README.md']);
  assert.deepEqual(
    found.map(({ fileName }) => fileName),
    [newer, `${name}.tar.zst.age`],
  );
});
