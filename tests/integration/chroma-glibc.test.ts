import assert from 'node:assert/strict';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostGlibc, isTooOld, openGlibc } from '../../src/adapters/chroma/glibc.ts';
import { createTestLog, temporaryFolder } from '../support/chroma.ts';

test('two starts at once fetch a newer glibc without breaking each other, and a third fetches nothing', async (t) => {
  if (!isTooOld(hostGlibc())) return t.skip("this host's glibc is new enough for Chroma");
  const cacheDirectory = await temporaryFolder(t);
  const log = createTestLog();
  const start = () => openGlibc({ cacheDirectory, log });
  const [one, two] = await Promise.all([start(), start()]);
  assert.deepEqual(one, two);
  assert.deepEqual(await readdir(cacheDirectory), [`glibc-${process.arch}`]);
  await access(one[0] ?? join(cacheDirectory, 'no loader'));
  const said = log.lines.length;
  assert.deepEqual(await start(), one);
  assert.equal(log.lines.length, said);
  return undefined;
});
