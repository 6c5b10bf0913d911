import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { receive, unlessStalled } from '../../../src/backup/vault/api.ts';
import { archivesAmong, parseVaultFile } from '../../../src/backup/vault/model.ts';
import { AppError, isAppError } from '../../../src/errors.ts';
import { tempFolder } from '../../support/temp-store.ts';

const otherwise = () => new AppError('damaged', 'other bytes');

test('a source that stops giving is given up, and one that is slow but gives is not', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  async function* slow(thenHang: boolean) {
    for (let at = 0; at < 4; at += 1) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      yield Buffer.from('x');
    }
    if (thenHang) await new Promise(() => undefined);
  }
  /** How reading ended, and after how long. */
  async function read(thenHang: boolean) {
    const read = { bytes: 0, failure: null as unknown, afterMs: 0 };
    const end = Promise.withResolvers<'over'>();
    void (async () => {
      for await (const piece of unlessStalled(slow(thenHang), { label: 'the vault', idleMs: 120 }))
        read.bytes += piece.length;
    })()
      .catch((error: unknown) => (read.failure = error))
      .finally(() => end.resolve('over'));
    while ((await Promise.race([end.promise, setImmediate('not yet')])) !== 'over') {
      t.mock.timers.tick(20);
      read.afterMs += 20;
    }
    return read;
  }
  assert.deepEqual(await read(false), { bytes: 4, failure: null, afterMs: 160 });
  const { bytes, failure, afterMs } = await read(true);
  assert.deepEqual([bytes, afterMs], [4, 160 + 120]);
  assert.ok(isAppError(failure, 'unavailable') && /the vault/.test(failure.message));
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

test('only names that this program writes are files of a vault, and of two archives neither hides the other', () => {
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
    [newer, `${name}.tar.zst.age`, `${name}.tar.zst`],
  );
});
