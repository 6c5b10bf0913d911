import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { chunkBytes } from './layout.ts';

/** Passes bytes on, counted and hashed. */
export function tap(onBytes?: (bytes: number) => void) {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    highWaterMark: chunkBytes,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      onBytes?.(chunk.length);
      done(null, chunk);
    },
  });
  return { stream, bytes: () => bytes, sha256: () => hash.digest('hex') };
}
