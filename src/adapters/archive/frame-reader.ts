import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ThreadContext } from '../../backup/ports.ts';
import type { Flaw } from './failure.ts';
import { createQueue, openFrameThreads } from './frame-threads.ts';
import type { Desk } from './frame-work.ts';
import { bomb, frameBytes, longestFrame, measureFrame, trailing } from './frames.ts';

const windowBytes = 2 * longestFrame;
/**
 * Whoever asks for the next piece has taken the last one, and is done with the one before it: streams hold back until then.
 * One more is left alone for good measure; a piece overwritten too soon would be taken for damage.
 */
const lentAtOnce = 3;

export interface FrameReader {
  /** The content of the frames, to the last byte of the file. Not more than `limitBytes` is unpacked. */
  content(): AsyncGenerator<Buffer>;
  /** Of the file, once its content was read. */
  sha256(): string;
}

/** Reads a file that has to be a row of frames as we write them, each byte once. */
export function createFrameReader(
  file: string,
  { totalBytes, limitBytes, refuse }: { totalBytes: number; limitBytes: number; refuse: (flaw: Flaw) => Error },
  { signal, progress }: ThreadContext,
): FrameReader {
  const hash = createHash('sha256');

  async function* frames() {
    await using handle = await open(file, 'r');
    const window = Buffer.allocUnsafeSlow(Math.min(windowBytes, totalBytes + 1));
    let [from, to, isAtEnd, contentBytes] = [0, 0, false, 0];
    for (let isLast = false; !isLast || from < to || !isAtEnd;) {
      if (!isAtEnd && to - from < longestFrame) {
        window.copyWithin(0, from, to);
        [from, to] = [0, to - from];
        const { bytesRead } = await handle.read(window, to, window.length - to);
        to += bytesRead;
        isAtEnd = bytesRead === 0;
        continue;
      }
      if (isLast) throw refuse(trailing);
      const frame = measureFrame(window.subarray(from, Math.min(to, from + longestFrame)), refuse);
      const bytes = window.subarray(from, from + frame.sizeBytes);
      hash.update(bytes);
      from += frame.sizeBytes;
      contentBytes += frame.contentBytes;
      if (contentBytes > limitBytes) throw refuse(bomb);
      isLast = frame.contentBytes < frameBytes;
      yield { bytes, contentBytes: frame.contentBytes };
    }
  }

  async function* content() {
    await using threads = openFrameThreads(totalBytes);
    const queue = createQueue(threads);
    const sizes: number[] = [];
    const lent: Desk[] = [];
    let doneBytes = 0;
    const oldest = async (): Promise<Buffer> => {
      signal.throwIfAborted();
      const { desk, output } = await queue.oldest();
      lent.push(desk);
      if (lent.length > lentAtOnce) queue.free(lent.shift() ?? desk);
      doneBytes += sizes.shift() ?? 0;
      progress({ doneBytes, totalBytes });
      return Buffer.from(output.buffer, output.byteOffset, output.length);
    };
    for await (const { bytes, contentBytes } of frames()) {
      const desk = queue.desk();
      desk.input.set(bytes);
      sizes.push(bytes.length);
      queue.add({ desk, work: { kind: 'decompress', inputBytes: bytes.length, contentBytes } });
      if (queue.isFull()) yield await oldest();
    }
    while (!queue.isEmpty()) yield await oldest();
  }

  return { content, sha256: () => hash.digest('hex') };
}
