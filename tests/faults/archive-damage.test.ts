import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { inspect, unpack } from '../../src/adapters/archive/unpack.ts';
import { isAppError } from '../../src/errors.ts';
import { inThisThread, packFiles } from '../support/archives.ts';
import { temporaryFolder } from '../support/chroma.ts';
import { seeded } from '../support/seeded.ts';

const flips = 1_000;
const truncations = 100;

async function archive(folder: string) {
  const next = seeded(7);
  const noise = Uint8Array.from({ length: 6_000 }, () => Math.floor(next() * 256));
  const text = new TextEncoder().encode('A passage that many documents share. '.repeat(300));
  return packFiles(folder, { 'sqlite/nescordbot.db': text, 'chroma/data_level0.bin': noise });
}

/** What reading says of a file with these bytes, without knowing its hash; null when it finds nothing wrong. */
async function verdict(file: string, bytes: Uint8Array, sha256: string): Promise<'content' | 'hash' | null> {
  await writeFile(file, bytes);
  try {
    const read = await inspect({ file }, inThisThread);
    assert.equal(read.sha256, createHash('sha256').update(bytes).digest('hex'), 'the hash is that of the file');
    return read.sha256 === sha256 ? null : 'hash';
  } catch (error) {
    assert.ok(isAppError(error, 'damaged'), `an error in words, not ${String(error)}`);
    assert.ok(error.message.includes(basename(file)), 'the words name the file');
    return 'content';
  }
}

test('every single-bit flip of an archive is found, and what is unpacked is never wrong', async (t) => {
  const folder = await temporaryFolder(t);
  const { file, files, sha256 } = await archive(folder);
  const whole = await readFile(file);
  assert.equal(await verdict(file, whole, sha256), null, 'the archive itself is in order');
  const next = seeded(20_261_121);
  const found = { content: 0, hash: 0 };
  for (let trial = 0; trial < flips; trial += 1) {
    const bytes = Buffer.from(whole);
    // The first bits are the frame's header, where a decoder is most forgiving: all of them are tried.
    const bit = trial < 64 ? trial : Math.floor(next() * whole.length * 8);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const how = await verdict(file, bytes, sha256);
    assert.ok(how !== null, `bit ${bit} was turned and nobody noticed`);
    found[how] += 1;
    if (how === 'content') continue;
    const stage = join(folder, `stage-${trial}`);
    await mkdir(stage);
    await unpack({ file, folder: stage, expected: files }, inThisThread); // its content is whole: the hashes were compared
  }
  t.diagnostic(
    `${flips} flips: ${found.content} found in the content, ${found.hash} by the archive's hash alone, 0 missed`,
  );
});

test('every truncation of an archive is found without knowing its hash', async (t) => {
  const folder = await temporaryFolder(t);
  const { file, files, sha256 } = await archive(folder);
  const whole = await readFile(file);
  const next = seeded(42);
  const stage = join(folder, 'stage');
  await mkdir(stage);
  for (let trial = 0; trial < truncations; trial += 1) {
    const length = trial < 20 ? whole.length - 1 - trial : Math.floor(next() * whole.length);
    assert.equal(
      await verdict(file, whole.subarray(0, length), sha256),
      'content',
      `${length} of ${whole.length} bytes`,
    );
    await assert.rejects(unpack({ file, folder: stage, expected: files }, inThisThread), { code: 'damaged' });
    assert.deepEqual(await readdir(stage), [], 'nothing is left of what was unpacked');
  }
  t.diagnostic(`${truncations} truncations: all found`);
});
