import { join, resolve } from 'node:path';
import type { StorageConfig } from './storage.ts';
import type { Values } from './variables.ts';

export interface ChromaConfig {
  readonly directory: string;
  readonly directoryIsDefault: boolean;
  readonly collectionPrefix: string;
  readonly remote: ChromaRemote | null;
}

export interface ChromaRemote {
  readonly url: string;
  readonly apiKey: string | null;
  readonly tenant: string | null;
  readonly database: string | null;
}

export function chromaConfig(values: Values, storage: StorageConfig): ChromaConfig {
  return {
    directory: resolve(values.CHROMADB_PERSIST_DIRECTORY ?? join(storage.directory, 'chromadb')),
    directoryIsDefault: values.CHROMADB_PERSIST_DIRECTORY === null,
    collectionPrefix: values.CHROMADB_COLLECTION_NAME,
    remote: remoteChroma(values),
  };
}

function remoteChroma(values: Values): ChromaRemote | null {
  if (values.CHROMA_URL === null) return null;
  return {
    url: values.CHROMA_URL,
    apiKey: values.CHROMA_API_KEY,
    tenant: values.CHROMA_TENANT,
    database: values.CHROMA_DATABASE,
  };
}
