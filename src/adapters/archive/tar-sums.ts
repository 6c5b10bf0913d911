import { crc32 } from 'node:zlib';
import { blockBytes } from './layout.ts';

/**
 * Sums up what each entry of a tar of ours holds, as it goes by: each has one header block, its content, and zeros up to a
 * whole block. That is compared with the sums of what was put in.
 */
export function createTarSums() {
  const entries: { sizeBytes: number; sum: number }[] = [];
  let entry = 0;
  /** Within the entry, its header included. */
  let at = 0;
  return {
    /** Said of each entry in turn, before any of it goes by. */
    expect: (sizeBytes: number): void => void entries.push({ sizeBytes, sum: 0 }),
    take(chunk: Uint8Array): void {
      for (let from = 0; from < chunk.length;) {
        const current = entries[entry];
        if (current === undefined) return; // the end of the tar
        const contentEnd = blockBytes + current.sizeBytes;
        const end = Math.ceil(contentEnd / blockBytes) * blockBytes;
        const until = at < blockBytes ? blockBytes : at < contentEnd ? contentEnd : end;
        const part = chunk.subarray(from, from + until - at);
        if (at >= blockBytes && at < contentEnd) current.sum = crc32(part, current.sum);
        at += part.length;
        from += part.length;
        if (at === end) [entry, at] = [entry + 1, 0];
      }
    },
    sums: (): readonly number[] => entries.map(({ sum }) => sum),
  };
}
