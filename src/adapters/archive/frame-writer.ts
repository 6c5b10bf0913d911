import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { createQueue, type FrameThreads } from './frame-threads.ts';
import { frameBytes } from './frames.ts';
import { createSteadySync } from './steady-sync.ts';

export interface FrameWriterParts {
  readonly handle: Pick<FileHandle, 'writeFile' | 'datasync' | 'sync'>;
  /** The same file, to read back from. */
  readonly reading: Pick<FileHandle, 'fd'>;
  readonly threads: FrameThreads;
  /** zstd level. */
  readonly level: number;
}

/**
 * Writes what it is given as a row of frames. Each is read back, unpacked and compared, byte for byte, while the next ones
 * are packed.
 */
export function createFrameWriter({ handle, reading, threads, level }: FrameWriterParts) {
  const hash = createHash('sha256');
  const queue = createQueue(threads);
  const comparisons = createQueue(threads);
  let filling = queue.desk();
  let filled = 0;
  let sizeBytes = 0;
  const disk = createSteadySync(handle);

  async function writeOldest(): Promise<void> {
    const { desk, work, output } = await queue.oldest();
    hash.update(output);
    await handle.writeFile(output);
    const { inputBytes } = work;
    comparisons.add({
      desk,
      work: { kind: 'compare', inputBytes, outputBytes: output.length, fd: reading.fd, position: sizeBytes },
    });
    while (comparisons.isFull()) await compareOldest();
    sizeBytes += output.length;
    await disk.wrote(output.length);
  }

  async function compareOldest(): Promise<void> {
    const { desk } = await comparisons.oldest();
    queue.free(desk);
  }

  async function submit(): Promise<void> {
    queue.add({ desk: filling, work: { kind: 'compress', inputBytes: filled, level } });
    while (queue.isFull()) await writeOldest();
    filling = queue.desk();
    filled = 0;
  }

  return {
    async write(chunk: Uint8Array): Promise<void> {
      for (let at = 0; at < chunk.length;) {
        const part = chunk.subarray(at, at + frameBytes - filled);
        filling.input.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled === frameBytes) await submit();
      }
    },
    /** The last frame is never full, which is how it is recognised. Comes back when all is on the disk, and compared. */
    async end(): Promise<{ readonly sizeBytes: number; readonly sha256: string }> {
      await submit();
      while (!queue.isEmpty()) await writeOldest();
      while (!comparisons.isEmpty()) await compareOldest();
      await disk.end();
      return { sizeBytes, sha256: hash.digest('hex') };
    },
    /** Nothing is left at work on the file. */
    settle: (): Promise<void> => disk.settle(),
  };
}
