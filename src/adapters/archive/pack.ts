import { once } from 'node:events';
import { createReadStream, type Stats } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { TarArchive } from 'archiver';
import type { FileRecord } from '../../backup/model.ts';
import type { ThreadContext } from '../../backup/ports.ts';
import { AppError } from '../../errors.ts';
import { translate, type Flaw } from './failure.ts';
import { createFrameCheck, trailing } from './frame-check.ts';
import { chunkBytes, manifestName, requireSafePath } from './layout.ts';
import { syncFolder } from './sync-folder.ts';
import { tap } from './tap.ts';

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

/** The writing half, inside a thread. The manifest is asked for when everything else is packed and its hashes are known. */
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
  const archive = new TarArchive({ highWaterMark: chunkBytes });
  const zstd = createZstdCompress({
    chunkSize: chunkBytes,
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const whole = tap();
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const output = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) await handle.writeFile(chunk);
  };
  const writing = pipeline(() => bytesOf(archive, stop), zstd, firstFrame, whole.stream, output);

  const date = new Date();
  async function append(path: string, sizeBytes: number): Promise<FileRecord> {
    const read = tap((bytes) => {
      total.doneBytes += bytes;
      progress({ ...total });
    });
    // The size of the header holds, whatever becomes of the file meanwhile.
    const end = Math.max(0, sizeBytes - 1);
    const source = createReadStream(join(folder, path), { highWaterMark: chunkBytes, end });
    source.once('error', (error) => failure.abort(error));
    try {
      const appended = once(archive, 'entry', { signal: stop });
      archive.append(source.pipe(read.stream), { name: path, mode: 0o600, date, stats: { size: sizeBytes } as Stats });
      await appended;
    } finally {
      source.destroy();
    }
    if (read.bytes() !== sizeBytes) throw new AppError('damaged', `${path} changed while it was packed.`);
    return { path, sizeBytes, sha256: read.sha256() };
  }

  async function feed(): Promise<void> {
    const files: FileRecord[] = [];
    for (const [at, path] of paths.entries()) {
      requireSafePath(path);
      files.push(await append(path, sizes[at] ?? 0));
    }
    const manifest = String(await ask(files));
    archive.append(Buffer.from(manifest), { name: manifestName, mode: 0o600, date });
    await archive.finalize();
  }

  await Promise.all([writing, feed()].map((part) => part.catch((error: unknown) => failure.abort(error))));
  if (stop.aborted) throw signal.aborted ? signal.reason : failure.signal.reason;
  await handle.sync();
  return { sizeBytes: whole.bytes(), sha256: whole.sha256() };
}

/** The library's streams, when destroyed half-way, emit errors that nobody can listen for; they are left to be forgotten. */
async function* bytesOf(archive: TarArchive, stop: AbortSignal): AsyncIterable<Buffer> {
  const stopped = once(stop, 'abort').then(() => Promise.reject(stop.reason));
  stopped.catch(() => undefined);
  const chunks = archive.iterator({ destroyOnReturn: false });
  for (;;) {
    const next = await Promise.race([chunks.next(), stopped]);
    if (next.done === true) return;
    yield next.value as Buffer;
  }
}

/** Node's encoder may write an empty frame behind the one with the content. */
const emptyFrame = Buffer.from('28b52ffd240001000099e9d851', 'hex');

async function* firstFrame(chunks: AsyncIterable<Buffer>) {
  const defect = ({ en }: Flaw) => new AppError('internal', `The compression went wrong: ${en}.`);
  const check = createFrameCheck(defect);
  const surplus: Buffer[] = [];
  for await (const chunk of chunks) {
    const own = check.feed(chunk);
    if (own > 0) yield own === chunk.length ? chunk : chunk.subarray(0, own);
    if (own < chunk.length) surplus.push(chunk.subarray(own));
  }
  check.end();
  if (surplus.length > 0 && !Buffer.concat(surplus).equals(emptyFrame)) throw defect(trailing);
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
