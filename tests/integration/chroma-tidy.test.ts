import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRemoteConnection } from '../../src/adapters/chroma/connection.ts';
import { openChromaIndex } from '../../src/adapters/chroma/index.ts';
import { isSegment } from '../../src/adapters/chroma/snapshot-files.ts';
import { tidyChroma } from '../../src/adapters/chroma/tidy.ts';
import { openTestChroma, temporaryFolder } from '../support/chroma.ts';
import { openRecordingProxy } from '../support/recording-proxy.ts';
import { keyOf, records, unitVector } from '../support/vectors.ts';

const key = keyOf('one');

test('a start removes the folders of deleted collections, and none of a collection that is there', async (t) => {
  const directory = await temporaryFolder(t);
  const segments = async () => (await readdir(directory)).filter(isSegment);
  for (let start = 1; start <= 3; start += 1) {
    const server = await openTestChroma(t, { directory });
    const index = openChromaIndex({ connection: server, collectionPrefix: 'test' });
    await index.upsert(key, records(1, 1_200));
    const passing = keyOf('two');
    await index.upsert(passing, records(1, 3));
    await index.nearest(passing, unitVector(1), 1);
    await index.drop(passing);
    await server.close();
    assert.equal((await segments()).length, 2, `start ${start}: the living one, and the one of this run`);
  }
  const server = await openTestChroma(t, { directory });
  assert.equal((await segments()).length, 1);
  const index = openChromaIndex({ connection: server, collectionPrefix: 'test' });
  assert.equal((await index.nearest(key, unitVector(900), 1))[0]?.id, 900);
});

test('once vectors were removed for good, no damaged index that was set aside goes on holding them', async (t) => {
  const parent = await temporaryFolder(t);
  const directory = join(parent, 'chroma');
  await mkdir(directory);
  const server = await openTestChroma(t, { directory });
  await openChromaIndex({ connection: server, collectionPrefix: 'test' }).upsert(key, records(1, 3));
  await server.close();
  const others = ['chroma.damaged', 'backups'];
  for (const place of ['chroma.damaged-20260101T000000Z', ...others]) await mkdir(join(parent, place));
  await mkdir(join(directory, 'chroma.damaged-20260102T000000Z'));
  await tidyChroma(directory, false);
  assert.equal((await readdir(parent)).length, 4, 'a start leaves them to whoever wants to know what happened');
  await tidyChroma(directory, true);
  assert.deepEqual((await readdir(parent)).sort(), ['backups', 'chroma', 'chroma.damaged']);
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.includes('damaged')),
    [],
  );
});

test('of a directory whose database cannot be read, nothing is removed', async (t) => {
  const directory = await temporaryFolder(t);
  const folder = '0f0e0d0c-0b0a-4909-8807-060504030201';
  await mkdir(join(directory, folder));
  assert.deepEqual(await tidyChroma(directory, false), { segments: 0, isCompacted: false });
  await writeFile(
    join(directory, 'chroma.sqlite3'),
    'not a database at all, but long enough to be looked into'.repeat(90),
  );
  assert.deepEqual(await tidyChroma(directory, true), { segments: 0, isCompacted: false });
  await writeFile(join(directory, 'chroma.sqlite3'), '');
  assert.deepEqual(await tidyChroma(directory, true), { segments: 0, isCompacted: false });
  assert.deepEqual((await readdir(directory)).filter(isSegment), [folder]);
});

test('whoever asks a collection in the moment in which it is deleted is answered by the one in its place', async (t) => {
  const server = await openTestChroma(t);
  const { host, port } = server.endpoint();
  const proxy = await openRecordingProxy(t, `http://${host}:${port}`);
  const connection = createRemoteConnection({ url: proxy.origin });
  const index = openChromaIndex({ connection, collectionPrefix: 'test' });
  await index.upsert(key, records(1, 3));
  proxy.answerNext(/^POST .*\/query/, 500, { error: 'InternalError', message: 'Missing metadata segment' });
  assert.equal((await index.nearest(key, unitVector(2), 1))[0]?.id, 2);
  assert.equal(proxy.requests.filter(({ line }) => /^POST .*\/query/.test(line)).length, 2, 'it was asked twice');
});
