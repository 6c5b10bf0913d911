import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isTooOld, openGlibc } from '../../../src/adapters/chroma/glibc.ts';
import { isAppError } from '../../../src/errors.ts';
import { createTestLog } from '../../support/chroma.ts';

test('glibc before 2.39 is too old; newer ones, and systems without glibc, are left alone', async () => {
  assert.deepEqual(['2.31', '2.36', '2.38', '2.39', '2.41', '3.0', null].map(isTooOld), [
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  const nowhere = '/nonexistent/cache';
  assert.deepEqual(await openGlibc({ cacheDirectory: nowhere, log: createTestLog(), glibc: '2.41' }), []);
  assert.deepEqual(await openGlibc({ cacheDirectory: nowhere, log: createTestLog(), glibc: null }), []);
});

test('a fetch that cannot succeed leaves nothing behind and says what else to do', async (t) => {
  const cacheDirectory = await mkdtemp(join(tmpdir(), 'nescordbot-'));
  t.after(() => rm(cacheDirectory, { recursive: true, force: true }));
  const fetching = openGlibc({ cacheDirectory, log: createTestLog(), glibc: '2.31', signal: AbortSignal.abort() });
  await assert.rejects(
    fetching,
    (error) => isAppError(error, 'config') && /Docker.*Debian 13.*CHROMA_URL/s.test(error.message),
  );
  assert.deepEqual(await readdir(cacheDirectory), []);
});
