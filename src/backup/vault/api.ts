import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AppError } from '../../errors.ts';
import { syncFolder } from '../durable.ts';
import { diskFull, isDiskFull, type ArchiveWork } from '../ports.ts';
import { abortedTransfer, stalled } from './failure-model.ts';

/** Size and SHA-256 (hex) of what went by. */
export interface Fingerprint {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What a copy should be; null is not known. */
export interface Expected {
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  /** What to say when it is something else. */
  readonly otherwise: () => AppError;
}

const CHUNK_BYTES = 1 << 18;

export function readChunks(file: string): AsyncIterable<Buffer> {
  return createReadStream(file, { highWaterMark: CHUNK_BYTES });
}

/** Passes bytes on, counted, hashed and never more than there should be. Nothing passes once the work is aborted. */
export function createMeter({ sizeBytes, sha256, otherwise }: Expected, { signal, onProgress }: ArchiveWork = {}) {
  const hash = createHash('sha256');
  let doneBytes = 0;
  return {
    async *through(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        throwIfAborted(signal);
        doneBytes += chunk.length;
        if (sizeBytes !== null && doneBytes > sizeBytes) throw otherwise();
        hash.update(chunk);
        onProgress?.({ doneBytes, totalBytes: sizeBytes ?? 0 });
        yield chunk;
      }
      throwIfAborted(signal);
    },
    doneBytes: () => doneBytes,
    /** @throws AppError `damaged` when it is not what it should be */
    end(): Fingerprint {
      const found = hash.digest('hex');
      if ((sizeBytes ?? doneBytes) !== doneBytes || (sha256 ?? found) !== found) throw otherwise();
      return { sizeBytes: doneBytes, sha256: found };
    },
  };
}

/** Puts an end to a source that gives nothing for so long, or goes on after the work was aborted. */
export async function* unlessStalled(
  chunks: AsyncIterable<Uint8Array>,
  {
    label,
    idleMs,
    signal,
  }: { readonly label: string; readonly idleMs: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let giveUp: (reason: AppError) => void = () => undefined;
  const abort = () => giveUp(abortedTransfer(signal?.reason));
  signal?.addEventListener('abort', abort, { once: true });
  const wait = () => setTimeout(() => giveUp(stalled(label, idleMs)), idleMs);
  let timer = wait();
  const waitAnew = () => {
    clearTimeout(timer);
    timer = wait();
  };
  try {
    for (;;) {
      throwIfAborted(signal);
      // A promise for each piece: one that lived as long as the transfer would hold on to every piece that raced it.
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        giveUp = reject;
        iterator.next().then(resolve, reject);
      });
      if (next.done === true) return;
      waitAnew();
      yield next.value;
      waitAnew();
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    void iterator.return?.().catch(() => undefined); // a hung source does not end; it is not waited for
  }
}

/** Reads it all and keeps nothing. @throws AppError `damaged` */
export async function measure(
  chunks: AsyncIterable<Uint8Array>,
  expected: Expected,
  work?: ArchiveWork,
): Promise<Fingerprint> {
  const meter = createMeter(expected, work);
  for await (const chunk of meter.through(chunks)) void chunk;
  return meter.end();
}

/**
 * Into `file`, which appears whole (fsynced, mode 0600) or not at all, in place of what was there.
 * @throws AppError `damaged`; what the file system says, as it says it
 */
export async function receive(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  expected: Expected,
  work: ArchiveWork & { readonly place?: (partial: string, file: string) => Promise<void> } = {},
): Promise<Fingerprint> {
  const partial = join(dirname(file), `.${basename(file)}.${randomUUID()}.partial`);
  const meter = createMeter(expected, work);
  try {
    const handle = await open(partial, 'wx', 0o600);
    let received: Fingerprint;
    try {
      for await (const chunk of meter.through(chunks)) await handle.writeFile(chunk);
      received = meter.end();
      await handle.sync();
    } finally {
      await handle.close();
    }
    await (work.place ?? rename)(partial, file);
    await syncFolder(dirname(file));
    return received;
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined); // why it failed is thrown below
    throw error;
  }
}

/** `receive` onto a disk of this machine. @throws AppError `limit` when it is full */
export async function download(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  expected: Expected,
  work?: ArchiveWork,
): Promise<Fingerprint> {
  try {
    return await receive(chunks, file, expected, work);
  } catch (error) {
    throw isDiskFull(error) ? diskFull(basename(file), expected.sizeBytes ?? 0, error) : error;
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortedTransfer(signal.reason);
}
