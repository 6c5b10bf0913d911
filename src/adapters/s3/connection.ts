import { S3Client } from '@aws-sdk/client-s3';

export interface S3Connection {
  /** Null for AWS itself. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** How long a connection may say nothing. */
  readonly idleMs: number;
}

const ATTEMPTS = 3;

/**
 * Checksums in trailers and headers of their own are AWS's; R2 and B2 refuse requests that have them. Every part goes
 * with its SHA-256 in the signature instead, which every service checks, and the whole is read back afterwards.
 */
export function createClient({ endpoint, region, accessKeyId, secretAccessKey, idleMs }: S3Connection): S3Client {
  return new S3Client({
    region,
    credentials: { accessKeyId, secretAccessKey },
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: wantsPathStyle(new URL(endpoint)) }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: idleMs, socketTimeout: idleMs },
  });
}

/** Names of buckets cannot go before an address, nor before a host that has no wildcard certificate: MinIO at home. */
const wantsPathStyle = ({ hostname }: URL): boolean =>
  !/(?:^|\.)(?:amazonaws\.com|storage\.railway\.app|storageapi\.dev)$/.test(hostname);
