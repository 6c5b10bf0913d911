import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { AppError } from '../../errors.ts';
import { chunkBytes } from './layout.ts';

/** Reads as many bytes of a file as it had, once, and hashes them on the way. */
export async function openSource(path: string, sizeBytes: number, onBytes: (bytes: number) => void) {
  const handle = await open(path, 'r');
  const hash = createHash('sha256');
  let left = sizeBytes;
  let sum = 0;
  async function* content() {
    while (left > 0) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, left));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length);
      if (bytesRead === 0) throw new AppError('damaged', `${basename(path)} changed while it was packed.`);
      const read = chunk.subarray(0, bytesRead);
      left -= bytesRead;
      hash.update(read);
      sum = crc32(read, sum);
      onBytes(bytesRead);
      yield read;
    }
  }
  const stream = Readable.from(content(), { objectMode: false, highWaterMark: chunkBytes });
  return {
    stream,
    sha256: () => hash.digest('hex'),
    /** A quick one, to compare what comes out of the tar with. */
    sum: () => sum,
    async [Symbol.asyncDispose]() {
      stream.destroy();
      await handle.close();
    },
  };
}
