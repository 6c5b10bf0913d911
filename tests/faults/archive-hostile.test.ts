import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { FileRecord } from '../../src/backup/model.ts';
import { isAppError } from '../../src/errors.ts';
import { compress, hostileTar, packFiles, tarZst } from '../support/archives.ts';
import { temporaryFolder } from '../support/chroma.ts';

const sha256OfA = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';
const file = { name: 'sqlite/nescordbot.db', content: 'a' };
const expectedA: FileRecord = { path: file.name, sizeBytes: 1, sha256: sha256OfA };
const manifest = { name: 'manifest.json', content: '{}' };

/** Both readers refuse these bytes with words that fit, and nothing is written, inside the stage or outside. */
async function assertRefused(t: TestContext, bytes: Uint8Array, words: RegExp, expected = [expectedA]): Promise<void> {
  const around = await temporaryFolder(t);
  const [archive, stage] = [join(around, 'hostile.tar.zst'), join(around, 'stage')];
  await mkdir(stage);
  await writeFile(archive, bytes);
  for (const read of [() => tarZst.read(archive), () => tarZst.extract(archive, stage, expected)]) {
    const error: unknown = await read().then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(isAppError(error, 'damaged'), `refused as damaged: ${String(error)}`);
    assert.match(error.message, words);
    assert.match(error.message, /hostile\.tar\.zst/, 'the file is named');
  }
  assert.deepEqual(await readdir(stage), []);
  assert.deepEqual((await readdir(around)).sort(), ['hostile.tar.zst', 'stage']);
}

for (const name of [
  '../evil',
  'sqlite/../../evil',
  '/etc/evil',
  'C:\\evil',
  'a\\b',
  './a',
  'a//b',
  'x\ny',
  'é',
  '.hidden',
  'a/.ssh',
])
  test(`an entry named ${JSON.stringify(name)} is refused`, async (t) => {
    await assertRefused(t, compress(await hostileTar([file, { name, content: 'x' }, manifest])), /not a name/);
  });

for (const type of ['symlink', 'link', 'character-device', 'block-device', 'fifo', 'directory'] as const)
  test(`a ${type} is refused`, async (t) => {
    const entry = { name: 'chroma/x', type, ...(type.endsWith('link') ? { linkname: '/etc/passwd' } : {}) };
    await assertRefused(t, compress(await hostileTar([file, entry, manifest])), /no regular file/);
  });

test('the same name twice is refused, also in other letters', async (t) => {
  await assertRefused(t, compress(await hostileTar([file, file, manifest])), /twice/);
  await assertRefused(
    t,
    compress(await hostileTar([file, { ...file, name: 'sqlite/NESCORDBOT.db' }, manifest])),
    /twice/,
  );
});

test('extended headers, which can rename and resize what follows, are refused', async (t) => {
  const renamed = { ...file, pax: { path: '../../evil' } };
  await assertRefused(t, compress(await hostileTar([renamed, manifest])), /not a name/);
  await assertRefused(t, compress(await hostileTar([{ ...file, pax: { comment: 'hidden' } }, manifest])), /hidden/);
});

test('no manifest, or something behind it, is refused', async (t) => {
  await assertRefused(t, compress(await hostileTar([file])), /no manifest/);
  await assertRefused(t, compress(await hostileTar([file, manifest, { name: 'late', content: 'x' }])), /follows/);
  await assertRefused(t, compress(await hostileTar([file, manifest, manifest])), /follows/);
});

test('what follows the end of the tar or of the compression is refused', async (t) => {
  const tar = await hostileTar([file, manifest]);
  await assertRefused(t, compress(Buffer.concat([tar, Buffer.alloc(64 << 10)])), /follows/);
  await assertRefused(t, compress(Buffer.concat([tar, tar])), /follows/);
  await assertRefused(t, compress(tar.subarray(0, -1_024)), /end is missing/);
  await assertRefused(t, compress(tar.subarray(0, -512)), /end is missing/);
  for (const more of [Buffer.from('x'), compress(tar), Buffer.from('502a4d180400000001020304', 'hex')])
    await assertRefused(t, Buffer.concat([compress(tar), more]), /follows its end/);
});

test('nothing, noise, another format and a tar of noise are refused', async (t) => {
  await assertRefused(t, Buffer.alloc(0), /end is missing/);
  await assertRefused(t, Buffer.from('This is no archive.'), /not a zstd file/);
  await assertRefused(t, Buffer.alloc(100_000, 7), /not a zstd file/);
  await assertRefused(t, compress(Buffer.alloc(100_000, 7)), /no tar/);
  await assertRefused(t, compress(Buffer.alloc(0)), /no manifest/);
  await assertRefused(t, compress(Buffer.alloc(1_024)), /no manifest/);
});

test('a bomb is given up at the size that was declared', async (t) => {
  const folder = await temporaryFolder(t);
  const [bomb, stage] = [join(folder, 'bomb.tar.zst'), join(folder, 'stage')];
  await mkdir(stage);
  // Sixty million zeros behind an honest beginning, in 10 kB; whoever unpacked them would tell of the noise at the end.
  const zeros = compress(Buffer.concat([await hostileTar([file, manifest]), Buffer.alloc(60_000_000)]));
  await writeFile(bomb, Buffer.concat([zeros, Buffer.alloc(1_000, 7)]));
  await assert.rejects(tarZst.extract(bomb, stage, [expectedA]), { code: 'damaged', message: /more than it may/ });
  const large = { ...file, content: 'a'.repeat(1_000_000) };
  await writeFile(bomb, compress(await hostileTar([large, manifest])));
  await assert.rejects(tarZst.extract(bomb, stage, [expectedA]), { code: 'damaged', message: /another size/ });
  assert.deepEqual(await readdir(stage), []);
});

test('a manifest that lies is found out: other hash, other size, more files, fewer files, impossible names', async (t) => {
  const folder = await temporaryFolder(t);
  const { file: archive, files } = await packFiles(folder, {
    'a.bin': Buffer.from('first'),
    'b.bin': Buffer.from('second'),
  });
  const stage = join(folder, 'stage');
  await mkdir(stage);
  const [a, b] = files;
  assert.ok(a !== undefined && b !== undefined);
  const lies: readonly (readonly [readonly FileRecord[], RegExp])[] = [
    [[{ ...a, sha256: b.sha256 }, b], /not what was packed/],
    [[{ ...a, sizeBytes: 4 }, b], /another size/],
    [[a], /not in its manifest/],
    [[a, b, { ...a, path: 'c.bin' }], /c\.bin is missing/],
    [[a, b, { ...a, path: '../c.bin' }], /names files/],
    [[a, a], /names files/],
  ];
  for (const [expected, words] of lies) {
    await assert.rejects(tarZst.extract(archive, stage, expected), { code: 'damaged', message: words });
    assert.deepEqual(await readdir(stage), []);
  }
  await writeFile(join(stage, 'mine'), 'kept');
  await assert.rejects(tarZst.extract(archive, stage, files), { code: 'conflict' });
  assert.equal(await readFile(join(stage, 'mine'), 'utf8'), 'kept', 'what is there already is not touched');
});
