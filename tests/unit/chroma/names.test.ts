import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteConnection } from '../../../src/adapters/chroma/connection.ts';
import { createNames } from '../../../src/adapters/chroma/names.ts';
import { isAppError } from '../../../src/errors.ts';
import { keyOf } from '../../support/vectors.ts';

test('names are valid for Chroma and differ for every guild and space, even where only forbidden characters differ', () => {
  const { nameOf } = createNames('nescord_knowledge');
  const keys = [
    keyOf('1', 8, 'a/b'),
    keyOf('1', 8, 'a_b'),
    keyOf('1', 8, 'a b'),
    keyOf('2', 8, 'a/b'),
    keyOf('サーバー', 8, 'x'.repeat(600)),
  ];
  const names = keys.map(nameOf);
  assert.equal(new Set(names).size, keys.length);
  for (const name of names) assert.match(name, /^[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]$/);
  assert.equal(nameOf(keyOf('1', 8, 'a/b')), names[0]);
});

test('a collection of a bot whose prefix begins with ours is not taken for ours', () => {
  const theirs = createNames('bot_two');
  const ours = createNames('bot');
  assert.deepEqual(theirs.keyOf(theirs.metadataOf(keyOf('1', 8, 's'))), { guildId: '1', spaceId: 's' });
  assert.equal(ours.keyOf(theirs.metadataOf(keyOf('1', 8, 's'))), null);
});

test('a prefix that Chroma would refuse is refused in words', () => {
  for (const prefix of ['', 'ab', 'with space', '-x-', 'x'.repeat(200)])
    assert.throws(
      () => createNames(prefix),
      (error) => isAppError(error, 'config') && /CHROMADB_COLLECTION_NAME/.test(error.message),
    );
});

test('an address of a remote server is understood, and a wrong one refused in words', () => {
  const remote = createRemoteConnection({
    url: 'https://chroma.example',
    apiKey: 'key',
    tenant: 'team',
    database: 'prod',
  });
  assert.deepEqual(remote.endpoint(), {
    host: 'chroma.example',
    port: 443,
    ssl: true,
    tenant: 'team',
    database: 'prod',
    headers: { 'x-chroma-token': 'key' },
  });
  assert.equal(createRemoteConnection({ url: 'http://10.0.0.1:8000' }).endpoint().port, 8000);
  for (const url of ['chroma.example:8000', 'ftp://x', 'http://x/path', 'http://user:secret@x', ''])
    assert.throws(
      () => createRemoteConnection({ url }),
      (error) => isAppError(error, 'config') && !error.message.includes('secret'),
    );
});
