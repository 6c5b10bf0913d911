import { ChromaClientError, ChromaConnectionError, ChromaNotFoundError, ChromaServerError } from 'chromadb';
import type { VectorRecord } from '../../knowledge/ports.ts';
import type { ChromaEndpoint } from './connection.ts';

/**
 * The one request that is made without Chroma's client: that one checks every number and builds base64 letter by letter,
 * which blocks the main thread for 150 ms per 1,000 vectors of 768; this takes 16. The vectors go as little-endian float32
 * in base64 (the server's preflight `supports_base64_encoding`), as the client sends them.
 * @throws the client's errors
 */
export async function upsertPacked(
  endpoint: ChromaEndpoint,
  collectionId: string,
  records: readonly VectorRecord[],
  signal: AbortSignal,
): Promise<void> {
  const { host, port, ssl, tenant, database, headers } = endpoint;
  const path = [tenant, 'databases', database, 'collections', collectionId, 'upsert'].map(encodeURIComponent).join('/');
  const body = { ids: records.map(({ id }) => String(id)), embeddings: records.map(({ vector }) => packed(vector)) };
  const response = await fetch(`http${ssl ? 's' : ''}://${host}:${port}/api/v2/tenants/${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  }).catch((cause: unknown) => {
    throw new ChromaConnectionError('Failed to connect to Chroma', cause);
  });
  const said = await response.text();
  if (response.ok) return;
  // 412: the collection is being deleted, and a part of it is gone.
  if (response.status === 404 || response.status === 412) throw new ChromaNotFoundError(said);
  if (response.status < 500) throw new ChromaClientError(`${response.status}: ${said.slice(0, 500)}`);
  throw new ChromaServerError(`${response.status}: ${said.slice(0, 500)}`);
}

/** Every machine that runs Node is little-endian, but for s390x, which has no Chroma. */
function packed(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
