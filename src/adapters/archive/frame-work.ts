import { readSync } from 'node:fs';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { unlikeWritten } from './failure.ts';
import { longestFrame } from './frames.ts';

/** Where a frame is worked on: memory that threads share, used again and again, as left to be collected it would pile up. */
export interface Desk {
  readonly input: Uint8Array;
  readonly output: Uint8Array;
}

export type FrameWork =
  | { readonly kind: 'compress'; readonly inputBytes: number; readonly level: number }
  | { readonly kind: 'decompress'; readonly inputBytes: number; readonly contentBytes: number }
  /** Reads the output back from where it was written, unpacks it, and compares both with what is on the desk. */
  | {
      readonly kind: 'compare';
      readonly inputBytes: number;
      readonly outputBytes: number;
      readonly fd: number;
      readonly position: number;
    };

export function createDesk(): Desk {
  const room = () => new Uint8Array(new SharedArrayBuffer(longestFrame));
  return { input: room(), output: room() };
}

/** Works the input into the output and says how much that is. @throws zlib's errors; `unlikeWritten` */
export function doFrame(desk: Desk, work: FrameWork): number {
  const { input, output } = desk;
  if (work.kind === 'compare') return compare(desk, work);
  const result = work.kind === 'compress' ? compress(input, work) : decompress(input, work);
  const { length } = result;
  output.set(result);
  giveBack(result);
  return length;
}

/**
 * Large ones give their memory back now: left to be collected, it would pile up. Small ones share theirs with others. Nobody
 * may look at the bytes afterwards.
 */
export function giveBack({ length, buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && length > 65_536) buffer.transfer(0);
}

let scratch: Buffer | null = null;

function compare({ input, output }: Desk, work: FrameWork & { readonly kind: 'compare' }): number {
  const { inputBytes, outputBytes, fd, position } = work;
  scratch ??= Buffer.allocUnsafeSlow(longestFrame);
  const written = scratch.subarray(0, outputBytes);
  for (let at = 0; at < outputBytes;) {
    const bytesRead = readSync(fd, written, at, outputBytes - at, position + at);
    if (bytesRead === 0) throw unlikeWritten();
    at += bytesRead;
  }
  if (!written.equals(output.subarray(0, outputBytes))) throw unlikeWritten();
  const content = decompress(written, { kind: 'decompress', inputBytes: outputBytes, contentBytes: inputBytes });
  const isSame = content.equals(input.subarray(0, inputBytes));
  giveBack(content);
  if (!isSame) throw unlikeWritten();
  return outputBytes;
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
