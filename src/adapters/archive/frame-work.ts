import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { longestFrame } from './frames.ts';

/** Where a frame is worked on: memory that threads share, used again and again, as left to be collected it would pile up. */
export interface Desk {
  readonly input: Uint8Array;
  readonly output: Uint8Array;
}

export type FrameWork =
  | { readonly kind: 'compress'; readonly inputBytes: number; readonly level: number }
  | { readonly kind: 'decompress'; readonly inputBytes: number; readonly contentBytes: number };

export function createDesk(): Desk {
  const room = () => new Uint8Array(new SharedArrayBuffer(longestFrame));
  return { input: room(), output: room() };
}

/** Works the input into the output and says how much that is. @throws zlib's errors */
export function doFrame({ input, output }: Desk, work: FrameWork): number {
  const result = work.kind === 'compress' ? compress(input, work) : decompress(input, work);
  output.set(result);
  const { length, buffer } = result;
  // Small ones share their memory with others. Large ones give it back now, without waiting to be collected.
  if (buffer instanceof ArrayBuffer && length > 65_536) buffer.transfer(0);
  return length;
}

function compress(input: Uint8Array, { inputBytes, level }: FrameWork & { readonly kind: 'compress' }): Buffer {
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = constants;
  const params = { [ZSTD_c_compressionLevel]: level, [ZSTD_c_checksumFlag]: 1 };
  return zstdCompressSync(input.subarray(0, inputBytes), { chunkSize: longestFrame, params });
}

/** Node's decoder silently gives less where the input ends too soon. */
function decompress(input: Uint8Array, work: FrameWork & { readonly kind: 'decompress' }): Buffer {
  const { inputBytes, contentBytes } = work;
  const limits = { chunkSize: Math.max(contentBytes, 1_024), maxOutputLength: contentBytes + 1 };
  const content = zstdDecompressSync(input.subarray(0, inputBytes), limits);
  if (content.length === contentBytes) return content;
  throw Object.assign(new Error('A frame holds less than it says.'), { code: 'ZSTD_error_corruption_detected' });
}
