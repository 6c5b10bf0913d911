import assert from 'node:assert/strict';
import { access, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { hostGlibc, isTooOld, openGlibc } from '../../src/adapters/chroma/glibc.ts';
import { createTestLog, temporaryFolder } from '../support/chroma.ts';

test('where the system’s glibc is too old, two starts at once fetch a newer one without breaking each other, and a third fetches nothing', async (t) => {
  // As an operator may name it; apt-get works in another folder.
  const cacheDirectory = relative(process.cwd(), await temporaryFolder(t));
  const log = createTestLog();
  const start = () => openGlibc({ cacheDirectory, log });
  if (!isTooOld(hostGlibc())) return assert.deepEqual(await start(), [], 'nothing is put before Chroma');
  const [one, two] = await Promise.all([start(), start()]);
  assert.deepEqual(one, two);
  assert.deepEqual(await readdir(cacheDirectory), [`glibc-${process.arch}`]);
  await access(one[0] ?? join(cacheDirectory, 'no loader'));
  const said = log.lines.length;
  assert.deepEqual(await start(), one);
  assert.equal(log.lines.length, said);
  return undefined;
});
