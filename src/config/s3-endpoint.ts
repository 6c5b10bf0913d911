import { httpUrl, Problem } from './values.ts';

/** Hosts of services without a bucket before them; what is in brackets is the region, where the host has it. */
const SERVICES = [
  /(?:^|\.)(s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?)$/,
  /(?:^|\.)(s3\.([a-z]+-[a-z]+-\d{3})\.backblazeb2\.com)$/,
  /(?:^|\.)(s3\.(?:([a-z]+-[a-z]+-\d)\.)?wasabisys\.com)$/,
  /(?:^|\.)([a-z0-9]+(?:\.(?:eu|fedramp))?\.r2\.cloudflarestorage\.com)$/,
  /(?:^|\.)([a-z]{3}\d\.digitaloceanspaces\.com)$/,
  /(?:^|\.)([a-z]{3}\d\.your-objectstorage\.com)$/,
  /(?:^|\.)(s3\.([a-z]{2}-[a-z]{3})\.scw\.cloud)$/,
  /(?:^|\.)(storage\.railway\.app|(?:t3\.)?storageapi\.dev|fly\.storage\.tigris\.dev)$/,
] as const;

interface Service {
  /** Without whatever stands before it. */
  readonly host: string;
  readonly region: string | null;
}

function serviceAt(hostname: string): Service | null {
  for (const pattern of SERVICES) {
    const [, host, region] = pattern.exec(hostname) ?? [];
    if (host !== undefined) return { host, region: region ?? null };
  }
  return null;
}

export function s3Endpoint(text: string): string {
  const url = new URL(httpUrl(text));
  if (url.search !== '' || url.hash !== '') throw new Problem('an address without ? and # in it');
  return url.href.replace(/\/+$/, '');
}

export function region(text: string): string {
  if (!/^[a-z0-9][\w-]{0,62}$/i.test(text)) {
    throw new Problem('the short name of a region such as eu-west-1 or auto, and no address');
  }
  return text;
}

/**
 * Pages of services show the address of the bucket, in its path (R2) or before its host (AWS, DigitalOcean); with the
 * bucket added once more, requests would go to a place that is none.
 * @returns the address of the service itself
 */
export function withoutBucket(endpoint: string, bucket: string): string {
  const url = new URL(endpoint);
  const folders = url.pathname.split('/').filter((name) => name !== '');
  if (folders.at(-1) === bucket) folders.pop();
  url.pathname = folders.join('/');
  const service = serviceAt(url.hostname);
  if (service !== null && url.hostname === `${bucket}.${service.host}`) url.hostname = service.host;
  return url.href.replace(/\/+$/, '');
}

/** What else cannot be right about it. @param given the region that was set; null where it follows from the address */
export function endpointProblems(endpoint: string, bucket: string, given: string | null): string[] {
  const { protocol, host, hostname, pathname } = new URL(withoutBucket(endpoint, bucket));
  const service = serviceAt(hostname);
  const folders = pathname.split('/').filter((name) => name !== '');
  if (folders[0] === bucket) {
    return [
      `S3_ENDPOINT has S3_BUCKET and more in it; write S3_ENDPOINT=${protocol}//${host}, and put what comes after the bucket in S3_PREFIX.`,
    ];
  }
  if (service === null) return [];
  if (folders.length > 0 || hostname !== service.host) {
    return [
      `S3_ENDPOINT must be the address of the service without a bucket, which goes into S3_BUCKET: write S3_ENDPOINT=${protocol}//${service.host}.`,
    ];
  }
  // AWS refuses it for certain; others may not look.
  const isStrict = service.host.includes('amazonaws.com');
  if (given === null || service.region === null || given === service.region || !isStrict) return [];
  return [
    `S3_REGION is ${given}, but S3_ENDPOINT is in ${service.region}; leave S3_REGION empty, or correct S3_ENDPOINT.`,
  ];
}

/** AWS, B2 and others have it in the address; MinIO is at home in us-east-1; R2 and Railway take `auto`. */
export function regionOf(endpoint: string | null): string {
  const service = endpoint === null ? null : serviceAt(new URL(endpoint).hostname);
  if (service === null) return 'us-east-1';
  return service.region ?? (/cloudflare|railway|storageapi|tigris/.test(service.host) ? 'auto' : 'us-east-1');
}
