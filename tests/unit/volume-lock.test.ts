import assert from 'node:assert/strict';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openVolumeLock } from '../../src/app/volume-lock.ts';
import { tempFolder } from '../support/temp-store.ts';

test('whoever comes to a database by another name finds it taken all the same', (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'bot.db');
  const link = join(folder, 'current.db');
  writeFileSync(file, '');
  symlinkSync(file, link);
  const taken = { code: 'conflict', message: /^Another NescordBot is running on .*bot\.db\. Stop it first/ };
  {
    using _ = openVolumeLock(file);
    assert.throws(() => openVolumeLock(link), taken);
  }
  using _ = openVolumeLock(link);
  assert.throws(() => openVolumeLock(file), taken);
  assert.equal(existsSync(`${link}.lock`), false);
});

test('a database that is not there yet can be taken, by one', (t) => {
  const file = join(tempFolder(t), 'bot.db');
  using _ = openVolumeLock(file);
  assert.throws(() => openVolumeLock(file), { code: 'conflict' });
});
