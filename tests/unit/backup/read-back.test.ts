import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { crc32 } from 'node:zlib';
import { translate } from '../../../src/adapters/archive/failure.ts';
import { openFrameThreads, type FrameThreads } from '../../../src/adapters/archive/frame-threads.ts';
import { createFrameWriter } from '../../../src/adapters/archive/frame-writer.ts';
import { frameBytes } from '../../../src/adapters/archive/frames.ts';
import { createSteadySync } from '../../../src/adapters/archive/steady-sync.ts';
import { createTarSums } from '../../../src/adapters/archive/tar-sums.ts';
import { hostileTar } from '../../support/archives.ts';
import { tempFolder } from '../../support/temp-store.ts';

/** Writes two frames and a half through a disk that may keep something else than it is given. */
async function write(t: TestContext, threads: FrameThreads, keep: (bytes: Uint8Array, piece: number) => Uint8Array) {
  const file = join(tempFolder(t), 'a.partial');
  await using handle = await open(file, 'w');
  await using reading = await open(file, 'r');
  let piece = 0;
  const writer = createFrameWriter({
    handle: {
      writeFile: (bytes) => handle.writeFile(keep(Buffer.from(bytes as Uint8Array), (piece += 1))),
      datasync: () => handle.datasync(),
      sync: () => handle.sync(),
    },
    reading,
    threads,
    level: 1,
  });
  await writer.write(randomBytes(2.5 * frameBytes));
  return await writer.end();
}

const few = 0;
const many = 100 * frameBytes;

for (const [where, sizeBytes] of [
  ['at once', few],
  ['by threads', many],
] as const)
  test(`a disk that keeps something else than it was given is found out ${where}`, async (t) => {
    await using threads = openFrameThreads(sizeBytes);
    assert.ok((await write(t, threads, (bytes) => bytes)).sizeBytes > 2 * frameBytes);
    const turned = (at: number) => (bytes: Uint8Array, piece: number) => {
      if (piece === 2) bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes;
    };
    for (const lying of [turned(0), turned(1_000_000), (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)])
      await assert.rejects(write(t, threads, lying), (error) => {
        assert.match(String(translate(error, 'a.tar.zst')), /a\.tar\.zst was written but could not be read back/);
        return true;
      });
  });

test('a disk that fails once, on the way, has failed', async () => {
  let asked = 0;
  const disk = createSteadySync({
    datasync: () => ((asked += 1) === 2 ? Promise.reject(new Error('I/O error')) : Promise.resolve()),
    sync: () => Promise.resolve(),
  });
  const written = async () => {
    for (let piece = 0; piece < 20; piece += 1) await disk.wrote(2 << 20);
    await disk.end();
  };
  await assert.rejects(written, /I\/O error/);
  await disk.settle();
  assert.equal(asked, 2);
});

test('what goes into a tar is summed up entry by entry, however it is cut', async () => {
  const contents = ['', 'a', 'b'.repeat(511), 'c'.repeat(512), 'd'.repeat(1_025)];
  const tar = await hostileTar(contents.map((content, at) => ({ name: `file-${at}`, content })));
  for (const step of [1, 7, 512, 513, tar.length]) {
    const sums = createTarSums();
    for (const { length } of contents) sums.expect(length);
    for (let at = 0; at < tar.length; at += step) sums.take(tar.subarray(at, at + step));
    assert.deepEqual(
      sums.sums(),
      contents.map((content) => crc32(content)),
      `${step} bytes at a time`,
    );
  }
});
