import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Readable } from 'node:stream';

export interface PartsOptions {
  readonly partBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (doneBytes: number) => void;
}

const PARTS_AT_ONCE = 3;
const MOST_PARTS = 10_000;
/** For the answer to the beginning of an upload that is cancelled meanwhile: without its id nobody could remove it. */
const BEGIN_GRACE_MS = 2_000;

/**
 * In parts, each tried again by itself when it breaks off. When the whole fails or is cancelled, the parts under way
 * stop, and it comes back only after those that arrived were removed: the library alone lets them go on behind one's back.
 */
export async function uploadParts(
  client: S3Client,
  params: Omit<PutObjectCommandInput, 'Body'> & { readonly ContentLength: number },
  chunks: AsyncIterable<Uint8Array>,
  { partBytes, signal, onProgress }: PartsOptions,
): Promise<void> {
  const failure = new AbortController();
  const stop = signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal]);
  async function send(command: Parameters<S3Client['send']>[0]): Promise<unknown> {
    if (command instanceof AbortMultipartUploadCommand) return client.send(command);
    try {
      const abortSignal = command instanceof CreateMultipartUploadCommand ? after(stop, BEGIN_GRACE_MS) : stop;
      return await client.send(command, { abortSignal });
    } catch (error) {
      failure.abort(error);
      throw failure.signal.reason;
    }
  }
  const upload = new Upload({
    client: Object.create(client, { send: { value: send } }) as S3Client,
    params: { ...params, Body: Readable.from(chunks, { objectMode: false }) },
    queueSize: PARTS_AT_ONCE,
    partSize: Math.max(partBytes, Math.ceil(params.ContentLength / MOST_PARTS)),
    leavePartsOnError: false,
  });
  upload.on('httpUploadProgress', ({ loaded }) => onProgress(loaded ?? 0));
  await upload.done();
}

/** Aborts so much later than the other. */
function after(signal: AbortSignal, ms: number): AbortSignal {
  if (signal.aborted) return signal;
  const late = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => late.abort(signal.reason), ms).unref(), { once: true });
  return late.signal;
}

/** Parts of uploads that a crash ended cost money, and are not listed. Not every service tells of them. */
export async function removeStaleUploads(
  client: S3Client,
  {
    bucket,
    prefix,
    isOurs,
    before,
  }: {
    readonly bucket: string;
    readonly prefix: string;
    readonly isOurs: (key: string) => boolean;
    readonly before: number;
  },
): Promise<void> {
  const found = await client
    .send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }))
    .catch(() => ({ Uploads: [] }));
  for (const { Key, UploadId, Initiated } of found.Uploads ?? []) {
    if (Key === undefined || !isOurs(Key) || Initiated === undefined || Initiated.getTime() > before) continue;
    await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })).catch(() => undefined); // next time
  }
}
