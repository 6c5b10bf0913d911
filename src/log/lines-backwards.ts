import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;
/** No line of ours is near it; what is longer, a stretch that a power cut left say, is passed over. */
const MOST_BYTES = 1024 * 1024;
const LINE_BREAK = 0x0a;

/** The lines of a file from the last to the first, a piece at a time; none where there is no file, or something else. */
export async function* linesBackwards(file: string): AsyncGenerator<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  });
  if (handle === null) return;
  try {
    const found = await handle.stat();
    // Bytes, not text: a piece may begin in the middle of a character.
    let rest: Uint8Array = new Uint8Array();
    let isTooLong = false;
    for (let end = found.isFile() ? found.size : 0; end > 0;) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const chunk = Buffer.alloc(end - start);
      await handle.read(chunk, 0, chunk.length, start);
      let text: Buffer = Buffer.concat([chunk, rest]);
      for (let at = text.lastIndexOf(LINE_BREAK); at >= 0; at = text.lastIndexOf(LINE_BREAK)) {
        if (at + 1 < text.length && !isTooLong) yield text.toString('utf8', at + 1);
        isTooLong = false;
        text = text.subarray(0, at);
      }
      isTooLong ||= text.length > MOST_BYTES;
      rest = isTooLong ? new Uint8Array() : text;
      end = start;
    }
    if (rest.length > 0) yield Buffer.from(rest).toString('utf8');
  } finally {
    await handle.close();
  }
}
