import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { unlessStalled } from '../../backup/vault/api.ts';
import { isAppError } from '../../errors.ts';

export interface DownloadOptions {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** So that a continued download is of the same object. */
  readonly etag: string | undefined;
  readonly label: string;
  readonly idleMs: number;
  readonly signal?: AbortSignal | undefined;
}

const ATTEMPTS = 4;

/** Goes on where it was when the connection breaks. */
export async function* downloadObject(client: S3Client, options: DownloadOptions): AsyncGenerator<Uint8Array> {
  const { bucket, key, sizeBytes, etag, signal } = options;
  let doneBytes = 0;
  for (let attempt = 1; ; attempt += 1) {
    const { Body } = await client.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(doneBytes === 0 ? {} : { Range: `bytes=${doneBytes}-` }),
        ...(etag === undefined ? {} : { IfMatch: etag }),
      }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    try {
      for await (const chunk of unlessStalled(Body as AsyncIterable<Uint8Array>, options)) {
        doneBytes += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      const isBroken = !isAppError(error) && doneBytes < sizeBytes;
      if (!isBroken || attempt === ATTEMPTS || signal?.aborted === true) throw error;
    }
  }
}
