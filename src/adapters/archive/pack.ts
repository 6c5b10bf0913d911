import { once } from 'node:events';
import type { Stats } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { crc32 } from 'node:zlib';
import { TarArchive } from 'archiver';
import type { FileRecord } from '../../backup/model.ts';
import type { ThreadContext } from '../../backup/ports.ts';
import { AppError } from '../../errors.ts';
import { translate, unlikeWritten } from './failure.ts';
import { openFrameThreads } from './frame-threads.ts';
import { giveBack } from './frame-work.ts';
import { createFrameWriter } from './frame-writer.ts';
import { chunkBytes, manifestName, requireSafePath } from './layout.ts';
import { syncFolder } from './sync-folder.ts';
import { openSource } from './source.ts';
import { createTarSums } from './tar-sums.ts';

export interface PackRequest {
  readonly file: string;
  readonly folder: string;
  readonly paths: readonly string[];
  readonly level: number;
}

export interface Packed {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * The writing half, inside a thread. The manifest is asked for when everything else is packed and its hashes are known. All
 * that is written is read back and compared with what was read.
 */
export async function pack(request: PackRequest, context: ThreadContext): Promise<Packed> {
  const { file } = request;
  const temporary = `${file}.partial`;
  const total = { doneBytes: 0, totalBytes: 0 };
  try {
    if (await isThere(file)) throw new AppError('conflict', `${file} is there already.`);
    const sizes = await Promise.all(request.paths.map(async (path) => (await stat(join(request.folder, path))).size));
    total.totalBytes = sizes.reduce((sum, size) => sum + size, 0);
    const packed = await writeArchive(request, temporary, sizes, total, context);
    context.signal.throwIfAborted();
    await rename(temporary, file);
    await syncFolder(dirname(file));
    return packed;
  } catch (error) {
    await rm(temporary, { force: true });
    throw translate(error, file, total.totalBytes - total.doneBytes);
  }
}

async function writeArchive(
  { folder, paths, level }: PackRequest,
  temporary: string,
  sizes: readonly number[],
  total: { doneBytes: number; totalBytes: number },
  { signal, progress, ask }: ThreadContext,
): Promise<Packed> {
  await using handle = await open(temporary, 'w', 0o600);
  await using reading = await open(temporary, 'r');
  const archive = new TarArchive({ highWaterMark: chunkBytes });
  await using threads = openFrameThreads(total.totalBytes);
  const frames = createFrameWriter({ handle, reading, threads, level });
  const sums = createTarSums();
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  async function drain(): Promise<Packed> {
    for await (const chunk of bytesOf(archive, stop)) {
      sums.take(chunk);
      await frames.write(chunk);
      if (chunk.length === chunk.buffer.byteLength) giveBack(chunk); // all of that memory was this chunk's
    }
    return frames.end();
  }

  const date = new Date();
  async function append(path: string, sizeBytes: number): Promise<FileRecord & { readonly sum: number }> {
    sums.expect(sizeBytes);
    // The size of the header holds, whatever becomes of the file meanwhile.
    await using source = await openSource(join(folder, path), sizeBytes, (bytes) => {
      total.doneBytes += bytes;
      progress({ ...total });
    });
    source.stream.once('error', (error) => failure.abort(error));
    const appended = once(archive, 'entry', { signal: stop });
    archive.append(source.stream, { name: path, mode: 0o600, date, stats: { size: sizeBytes } as Stats });
    await appended;
    return { path, sizeBytes, sha256: source.sha256(), sum: source.sum() };
  }

  /** Comes back with the sum of each entry. */
  async function feed(): Promise<readonly number[]> {
    const files: FileRecord[] = [];
    const added: number[] = [];
    for (const [at, path] of paths.entries()) {
      requireSafePath(path);
      const { sum, ...file } = await append(path, sizes[at] ?? 0);
      files.push(file);
      added.push(sum);
    }
    const manifest = Buffer.from(String(await ask(files)));
    sums.expect(manifest.length);
    archive.append(manifest, { name: manifestName, mode: 0o600, date });
    await archive.finalize();
    return [...added, crc32(manifest)];
  }

  const orFail = <T>(part: Promise<T>) => part.catch((error: unknown) => failure.abort(error));
  const [packed, added] = await Promise.all([orFail(drain()), orFail(feed())]);
  await frames.settle();
  if (stop.aborted || packed === undefined) throw signal.aborted ? signal.reason : failure.signal.reason;
  if (!isDeepStrictEqual(sums.sums(), added)) throw unlikeWritten();
  return packed;
}

/**
 * The library's streams, when destroyed half-way, emit errors that nobody can listen for; they are left to be forgotten.
 * (Not by `Promise.race`: a promise that stays unsettled would keep every chunk that it ever raced against.)
 */
async function* bytesOf(archive: TarArchive, stop: AbortSignal): AsyncIterable<Buffer> {
  const chunks = archive.iterator({ destroyOnReturn: false });
  let giveUp: (reason: unknown) => void = () => undefined;
  stop.addEventListener('abort', () => giveUp(stop.reason), { once: true });
  for (;;) {
    stop.throwIfAborted();
    const next = await new Promise<IteratorResult<unknown>>((resolve, reject) => {
      giveUp = reject;
      chunks.next().then(resolve, reject);
    });
    if (next.done === true) return;
    yield next.value as Buffer;
  }
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
