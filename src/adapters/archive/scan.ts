import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import type { ThreadContext } from '../../backup/ports.ts';
import { damaged, translate, type Flaw } from './failure.ts';
import { createFrameReader } from './frame-reader.ts';
import { createLayoutCheck, tailBytes } from './layout.ts';

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
  context: ThreadContext,
): Promise<Scanned> {
  let refusal: Error | null = null;
  const refuse = (flaw: Flaw): Error => (refusal ??= damaged(file, flaw));
  try {
    const totalBytes = (await stat(file)).size;
    const reader = createFrameReader(file, { totalBytes, limitBytes: limitBytes(totalBytes), refuse }, context);
    const tar = watchTail();
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
    await Promise.all([visiting, pipeline(reader.content(), tar.through, entries, { signal: context.signal })]).catch(
      async (error: unknown) => {
        entries.destroy();
        const [visited] = await Promise.allSettled([visiting]);
        // Who stops reading closes what comes in, and that may be heard of before why.
        throw visited.status === 'rejected' && isClosedEarly(error) ? visited.reason : error;
      },
    );
    layout.finish(tar.bytes(), tar.tail());
    return { sizeBytes: totalBytes, sha256: reader.sha256() };
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason;
    // What the streams say when one of them was ended by a refusal is not the reason.
    throw refusal ?? tarError(translate(error, file), file);
  }
}

const isClosedEarly = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';

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

/** Counts what was decompressed and remembers the end. */
function watchTail() {
  let bytes = 0;
  let tail = Buffer.alloc(0);
  async function* through(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      const end = chunk.length < tailBytes.atMost ? [tail, chunk] : [chunk];
      tail = Buffer.concat(end.map((part) => part.subarray(-tailBytes.atMost))).subarray(-tailBytes.atMost);
      yield chunk;
    }
  }
  return { through, bytes: () => bytes, tail: () => tail };
}
