import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { packFiles, tarZst } from '../support/archives.ts';
import { temporaryFolder } from '../support/chroma.ts';

const contents = {
  'sqlite/nescordbot.db': Buffer.alloc(3_000_000, 'some text '),
  'chroma/0b1f/link_lists.bin': Buffer.alloc(0),
  'chroma/0b1f/header.bin': Buffer.from('h'),
};

test('an archive gives back every file, byte for byte, and says what is in it', async (t) => {
  const folder = await temporaryFolder(t);
  const { file, files, sha256 } = await packFiles(folder, contents);
  const bytes = await readFile(file);
  assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(await tarZst.read(file), {
    sizeBytes: bytes.length,
    sha256,
    files,
    manifest: JSON.stringify({ files }),
  });
  const stage = join(folder, 'stage');
  await mkdir(stage);
  assert.deepEqual(await tarZst.extract(file, stage, files), await tarZst.read(file));
  for (const [path, content] of Object.entries(contents)) {
    assert.ok((await readFile(join(stage, path))).equals(content), path);
    assert.equal((await stat(join(stage, path))).mode & 0o777, 0o600);
  }
});

test('the ordinary zstd and tar open an archive, whatever it is made of', async (t) => {
  if (spawnSync('zstd', ['--version']).error !== undefined) return t.skip('zstd is not installed');
  const folder = await temporaryFolder(t);
  // Several frames, full ones and ones that zeros make tiny, and no frame at all that is full.
  for (const [name, sizes] of [
    ['many', [5_000_000, 0, 1]],
    ['few', [1_000]],
  ] as const) {
    const wanted = Object.fromEntries(
      sizes.flatMap((size, at) => [
        [`chroma/noise-${at}.bin`, randomBytes(size)],
        [`chroma/zeros-${at}.bin`, Buffer.alloc(size)],
      ]),
    );
    const made = join(folder, name);
    const out = join(made, 'out');
    await mkdir(out, { recursive: true });
    const { file, files } = await packFiles(made, wanted);
    execFileSync('zstd', ['--test', '--quiet', file]);
    execFileSync('zstd', ['--decompress', '--quiet', file, '-o', join(made, 'archive.tar')]);
    assert.deepEqual(
      execFileSync('tar', ['--list', '--file', join(made, 'archive.tar')], { encoding: 'utf8' })
        .trim()
        .split('\n'),
      [...Object.keys(wanted), 'manifest.json'],
    );
    execFileSync('tar', ['--zstd', '--extract', '--file', file, '--directory', out]);
    for (const [path, content] of Object.entries(wanted)) assert.ok((await readFile(join(out, path))).equals(content));
    assert.equal(await readFile(join(out, 'manifest.json'), 'utf8'), JSON.stringify({ files }));
  }
});

test('what is not wanted is read and checked, and not written', async (t) => {
  const folder = await temporaryFolder(t);
  const { file, files } = await packFiles(folder, contents);
  const [stage, lied] = [join(folder, 'stage'), join(folder, 'lied')];
  for (const made of [stage, lied]) await mkdir(made);
  const only = (path: string) => path.startsWith('sqlite/');
  await tarZst.extract(file, stage, files, { only });
  assert.deepEqual(await readdir(stage), ['sqlite']);
  const lie = (path: string, sha256: string) => (only(path) ? sha256 : '0'.repeat(64));
  const lies = files.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, sha256: lie(path, sha256) }));
  await assert.rejects(tarZst.extract(file, lied, lies, { only }), { code: 'damaged', message: /not what was packed/ });
  assert.deepEqual(await readdir(lied), []);
});

test('an archive that is there already is not written over', async (t) => {
  const folder = await temporaryFolder(t);
  const { file } = await packFiles(folder, contents);
  const before = await readFile(file);
  await assert.rejects(packFiles(folder, { 'other.txt': Buffer.from('other') }), { code: 'conflict' });
  assert.ok((await readFile(file)).equals(before));
});

test('packing that is cancelled, or whose manifest cannot be made, leaves no file behind', async (t) => {
  const folder = await temporaryFolder(t);
  const out = join(folder, 'out');
  await mkdir(out);
  await writeFile(join(folder, 'big.bin'), Buffer.alloc(60_000_000, 'x'));
  const request = { file: join(out, 'a.tar.zst'), folder, paths: ['big.bin'], level: 1 };
  const stop = new AbortController();
  const cancelled = tarZst.write(
    { ...request, manifest: () => '{}' },
    { signal: stop.signal, onProgress: () => stop.abort() },
  );
  await assert.rejects(cancelled, { code: 'aborted' });
  assert.deepEqual(await readdir(out), []);
  const failing = tarZst.write({
    ...request,
    manifest() {
      throw new Error('no manifest today');
    },
  });
  await assert.rejects(failing, /no manifest today/);
  assert.deepEqual(await readdir(out), []);
  await assert.rejects(tarZst.write({ ...request, paths: ['gone.bin'], manifest: () => '{}' }), { code: 'not_found' });
  assert.deepEqual(await readdir(out), []);
});
