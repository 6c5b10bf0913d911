import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { changedFile, alreadyOther, notStored, otherBytes } from '../../backup/vault/failure-model.ts';
import { createMeter, download, measure, readChunks, throwIfAborted, unlessStalled } from '../../backup/vault/api.ts';
import {
  archivesAmong,
  filesOf,
  MOST_NOTE_BYTES,
  noteFileOf,
  parseVaultFile,
  requireVaultFile,
  requireVaultName,
} from '../../backup/vault/model.ts';
import type { ArchiveWork } from '../../backup/ports.ts';
import type { CopyId, StoredCopy, Vault, VaultCopy } from '../../backup/vault-ports.ts';
import { createClient, type S3Connection } from './connection.ts';
import { downloadObject } from './download.ts';
import { isMissing, translate, translateListing, wrongAddress } from './failure.ts';
import { removeStaleUploads, uploadParts } from './upload.ts';

export interface S3VaultOptions extends Omit<S3Connection, 'idleMs'> {
  readonly bucket: string;
  /** What the names of the objects begin with: `nescordbot/`; may be empty. */
  readonly prefix: string;
  readonly idleMs?: number;
  /** Size of the parts of an upload; S3 wants at least 5 MiB. */
  readonly partBytes?: number;
  readonly clock?: () => number;
  readonly mayDeleteByAge?: () => boolean;
}

export interface S3Vault extends Vault {
  /** Lets go of its connections. */
  close(): void;
}

interface Stored {
  readonly key: string;
  readonly sizeBytes: number;
}

const HASH = 'sha256';
const AT_ONCE = 4;
const DAY_MS = 24 * 3_600_000;

export function createS3Vault(options: S3VaultOptions): S3Vault {
  const { bucket, prefix, endpoint, idleMs = 60_000, partBytes = 8 * 2 ** 20, clock = Date.now } = options;
  const label = `S3 ${endpoint === null ? '' : `${new URL(endpoint).host} `}${bucket}/${prefix}`;
  const place = { label, bucket };
  const client: S3Client = createClient({ ...options, idleMs });
  const keyOf = (fileName: string) => `${prefix}${fileName}`;
  const aborting = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { abortSignal: signal });

  async function inWords<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    try {
      throwIfAborted(signal);
      return await work();
    } catch (error) {
      throwIfAborted(signal);
      throw translate(error, place);
    }
  }

  /** File name → what is stored, of everything right under the prefix. */
  async function files(signal: AbortSignal | undefined, begin = ''): Promise<ReadonlyMap<string, Stored>> {
    const found = new Map<string, Stored>();
    for (let token: string | undefined; ;) {
      const request = { Bucket: bucket, Prefix: keyOf(begin), Delimiter: '/' };
      const command = new ListObjectsV2Command(
        token === undefined ? request : { ...request, ContinuationToken: token },
      );
      const page = await client.send(command, aborting(signal)).catch((error: unknown) => {
        throw translateListing(error, place);
      });
      if (page.Name === undefined && page.IsTruncated === undefined)
        throw wrongAddress(place, 'a page, and no listing');
      for (const { Key, Size } of page.Contents ?? []) {
        if (Key !== undefined) found.set(Key.slice(prefix.length), { key: Key, sizeBytes: Size ?? 0 });
      }
      token = page.NextContinuationToken;
      if (token === undefined) return found;
    }
  }

  async function head(fileName: string, signal: AbortSignal | undefined) {
    try {
      const found = await client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: keyOf(fileName) }),
        aborting(signal),
      );
      const hash = found.Metadata?.[HASH] ?? '';
      const sha256 = /^[0-9a-f]{64}$/.test(hash) ? hash : null;
      return { sizeBytes: found.ContentLength ?? 0, sha256, etag: found.ETag };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async function readNote(stored: Stored | undefined, signal: AbortSignal | undefined): Promise<string | null> {
    if (stored === undefined || stored.sizeBytes > MOST_NOTE_BYTES) return null;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: stored.key }), aborting(signal));
    const chunks: Uint8Array[] = [];
    for await (const chunk of unlessStalled(Body as AsyncIterable<Uint8Array>, { label, idleMs, signal }))
      chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  async function copiesAmong(found: ReadonlyMap<string, Stored>, signal: AbortSignal | undefined) {
    return inTurns(archivesAmong(found.keys()), async ({ name, fileName }): Promise<StoredCopy[]> => {
      const [stored, note] = [await head(fileName, signal), await readNote(found.get(noteFileOf(name)), signal)];
      if (stored === null) return []; // removed meanwhile
      return [{ name, fileName, sizeBytes: stored.sizeBytes, sha256: stored.sha256, note }];
    });
  }

  async function open(wanted: CopyId, signal: AbortSignal | undefined) {
    const { name, fileName } = requireVaultFile(wanted);
    const copies = await copiesAmong(await files(signal, name), signal);
    const copy = copies.find((one) => one.fileName === fileName);
    const stored = copy === undefined ? null : await head(fileName, signal);
    if (copy === undefined || stored === null) throw notStored(label, name);
    const { sizeBytes, etag } = stored;
    const chunks = downloadObject(client, {
      bucket,
      key: keyOf(copy.fileName),
      sizeBytes,
      etag,
      label,
      idleMs,
      signal,
    });
    return { copy, chunks, expected: { ...copy, otherwise: () => otherBytes(label, copy.fileName) } };
  }

  /** Of the same bytes, or nothing. @throws AppError `conflict` */
  async function isThere(
    { fileName, sizeBytes, sha256 }: VaultCopy,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const found = await head(fileName, signal);
    if (found === null) return false;
    if (found.sizeBytes !== sizeBytes || found.sha256 !== sha256) throw alreadyOther(label, fileName);
    return true;
  }

  async function upload(copy: VaultCopy, file: string, { signal, onProgress }: ArchiveWork): Promise<void> {
    const { fileName, sizeBytes, sha256 } = copy;
    const meter = createMeter(
      { sizeBytes, sha256, otherwise: () => changedFile(fileName) },
      signal === undefined ? {} : { signal },
    );
    async function* checked() {
      yield* meter.through(readChunks(file));
      meter.end(); // before the last part goes
    }
    const metadata = { [HASH]: sha256 };
    const params = { Bucket: bucket, Key: keyOf(fileName), ContentLength: sizeBytes, Metadata: metadata };
    await uploadParts(client, params, checked(), {
      partBytes,
      signal,
      onProgress: (doneBytes) => onProgress?.({ doneBytes, totalBytes: sizeBytes }),
    });
  }

  return {
    name: 's3',
    label,
    put: (copy, file, work = {}) =>
      inWords(work.signal, async () => {
        const { signal } = work;
        requireVaultFile(copy);
        const isOurs = (key: string) => parseVaultFile(key.slice(prefix.length)) !== null;
        if (options.mayDeleteByAge?.() !== false) {
          await removeStaleUploads(client, { bucket, prefix, isOurs, before: clock() - DAY_MS });
        }
        const stored = await isThere(copy, signal);
        const note = { Bucket: bucket, Key: keyOf(noteFileOf(copy.name)), Body: Buffer.from(copy.note) };
        await client.send(new PutObjectCommand({ ...note, ContentType: 'application/json' }), aborting(signal));
        if (stored) return;
        // The archive is the last: a copy is listed once it is whole.
        await upload(copy, file, work);
        await isThere(copy, signal); // somebody else's, if two wrote the same name
      }),
    list: (signal) => inWords(signal, async () => copiesAmong(await files(signal), signal)),
    readBack: (wanted, work = {}) =>
      inWords(work.signal, async () => {
        const { chunks, expected } = await open(wanted, work.signal);
        return measure(chunks, expected, work);
      }),
    get: (wanted, file, work = {}) =>
      inWords(work.signal, async () => {
        const { copy, chunks, expected } = await open(wanted, work.signal);
        const { sha256 } = await download(chunks, file, expected, work);
        return { ...copy, sha256 };
      }),
    delete: (names, signal) =>
      inWords(signal, async () => {
        const wanted = names.map(requireVaultName).flatMap(filesOf);
        // One by one: a deletion of many must carry a checksum that not every service knows.
        await inTurns(wanted, async (fileName) => {
          await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(fileName) }), aborting(signal));
          return [];
        });
      }),
    usage: (signal) =>
      inWords(signal, async () => {
        const sizes = [...(await files(signal)).values()].map(({ sizeBytes }) => sizeBytes);
        return { usedBytes: sizes.reduce((sum, size) => sum + size, 0), limitBytes: null };
      }),
    close: () => client.destroy(),
  };
}

/** A few at a time, results in the order of what they are of. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<readonly R[]>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))).flat());
  }
  return results;
}
