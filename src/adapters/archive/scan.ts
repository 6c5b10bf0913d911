import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import type { ThreadContext } from '../../backup/ports.ts';
import { damaged, translate, type Flaw } from './failure.ts';
import { createFrameCheck, trailing } from './frame-check.ts';
import { chunkBytes, createLayoutCheck, tailBytes } from './layout.ts';
import { tap } from './tap.ts';

export interface ScannedEntry {
  readonly name: string;
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Buffer>;
}

export interface Scanned {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Reads an archive to its last byte, strictly, and gives each entry to `visit`, which has to read it to its end. Nothing
 * is decompressed beyond `limitBytes` of tar.
 */
export async function scan(
  file: string,
  limitBytes: (archiveBytes: number) => number,
  visit: (entry: ScannedEntry, refuse: (flaw: Flaw) => Error) => Promise<void>,
  { signal, progress }: ThreadContext,
): Promise<Scanned> {
  let refusal: Error | null = null;
  const refuse = (flaw: Flaw): Error => (refusal ??= damaged(file, flaw));
  try {
    const totalBytes = (await stat(file)).size;
    let doneBytes = 0;
    const whole = tap((bytes) => {
      doneBytes += bytes;
      progress({ doneBytes, totalBytes });
    });
    const tar = guard(limitBytes(totalBytes), refuse);
    const layout = createLayoutCheck(refuse);
    const entries = extract();
    const visiting = (async () => {
      for await (const entry of entries) {
        const header = headerOf(entry.header);
        layout.enter(header);
        // The library's entries are streams of buffers.
        await visit({ ...header, content: entry as AsyncIterable<Buffer> }, refuse);
      }
    })();
    await Promise.all([
      visiting,
      pipeline(
        createReadStream(file, { highWaterMark: chunkBytes }),
        whole.stream,
        oneFrame(refuse),
        createZstdDecompress({ chunkSize: chunkBytes }),
        tar.through,
        entries,
        { signal },
      ),
    ]).catch(async (error: unknown) => {
      entries.destroy();
      await Promise.allSettled([visiting]);
      throw error;
    });
    layout.finish(tar.bytes(), tar.tail());
    return { sizeBytes: whole.bytes(), sha256: whole.sha256() };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // What the streams say when one of them was ended by a refusal is not the reason.
    throw refusal ?? tarError(translate(error, file), file);
  }
}

/** `byteOffset` is the library's own, though its types do not know it. */
function headerOf({ name, type, size, byteOffset = Number.NaN }: Header & { readonly byteOffset?: number }) {
  return { name, type, sizeBytes: size, offset: byteOffset };
}

/** The library has plain errors for what is no tar. */
function tarError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !/^(Invalid tar|Unexpected end|Invalid header|Header exceeds)/.test(error.message))
    return error;
  return damaged(file, { en: 'its content is no tar', ja: '中身が tar 形式ではありません' }, error);
}

/** Lets bytes by as long as they are one frame and nothing else. */
function oneFrame(refuse: (flaw: Flaw) => Error) {
  const check = createFrameCheck(refuse);
  return async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      if (check.feed(chunk) < chunk.length) throw refuse(trailing);
      yield chunk;
    }
    check.end();
  };
}

/** Counts what was decompressed, stops at the limit and remembers the end. */
function guard(limitBytes: number, refuse: (flaw: Flaw) => Error) {
  let bytes = 0;
  let tail = Buffer.alloc(0);
  async function* through(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limitBytes) throw refuse(bomb);
      const end = chunk.length < tailBytes.atMost ? [tail, chunk] : [chunk];
      tail = Buffer.concat(end.map((part) => part.subarray(-tailBytes.atMost))).subarray(-tailBytes.atMost);
      yield chunk;
    }
  }
  return { through, bytes: () => bytes, tail: () => tail };
}

const bomb: Flaw = { en: 'it unpacks to more than it may', ja: '展開後の大きさが上限を超えています' };
