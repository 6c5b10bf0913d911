import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ChromaClient, type Metadata } from 'chromadb';
import { isAppError } from '../../errors.ts';
import type { Marker } from '../../health/ports.ts';
import type { ChromaConnection } from './connection.ts';
import { databaseName } from './snapshot-files.ts';
import { translate } from './translate.ts';

/**
 * A collection without vectors, whose metadata say to which installation those with the same prefix belong. The names
 * of collections with vectors end in a hash, so that none is taken for this one.
 */
const suffix = '_installation';
export const isMarkerName = (name: string): boolean => name.endsWith(suffix);

const timeoutMs = 10_000;

export interface IndexMarker {
  /** As it was saved; null where there is none. @throws AppError `unavailable` */
  read(): Promise<unknown>;
  /** @throws AppError `unavailable` */
  write(marker: Marker): Promise<void>;
}

export function createIndexMarker(connection: ChromaConnection, prefix: string): IndexMarker {
  const name = prefix + suffix;
  async function call<T>(work: (client: ChromaClient) => Promise<T>): Promise<T> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await connection.passing(() => {
        const endpoint = connection.endpoint();
        return work(
          new ChromaClient({ ...endpoint, headers: { ...endpoint.headers }, fetchOptions: { signal: timeout } }),
        );
      });
    } catch (error) {
      throw translate(error, { caller: undefined, timeout });
    }
  }
  return {
    read: () =>
      call(async (client) => fromMetadata((await client.getCollection({ name })).metadata)).catch((error: unknown) => {
        if (isAppError(error, 'not_found')) return null;
        throw error;
      }),
    write: (marker) =>
      call(async (client) => {
        const collection = await client.getOrCreateCollection({ name, embeddingFunction: null });
        await collection.modify({ metadata: asMetadata(marker) }); // one that is there keeps what it had otherwise
      }),
  };
}

/** Metadata are plain values, and an index needs no ancestors. */
function asMetadata({ installationId, starts, lastStartAt, application, lineage, position }: Marker): Metadata {
  const state = JSON.stringify({ application, lineage: lineage.slice(0, 1), position });
  return { installationId, starts, lastStartAt, state };
}

function fromMetadata(metadata: Readonly<Record<string, unknown>> | undefined): unknown {
  if (metadata === undefined) return null;
  const { state, ...marker } = metadata;
  try {
    return typeof state === 'string' ? { ...marker, ...(JSON.parse(state) as object) } : marker;
  } catch {
    return marker; // somebody else has written there
  }
}

export interface IndexPeek {
  /** Of ours; null when there is an index that cannot be read. */
  readonly collections: number | null;
  readonly marker: unknown;
}

const nothing: IndexPeek = { collections: 0, marker: null };

/** Looks into the folder of a local server that may not be running, and changes nothing. */
export function peekIndex(directory: string, prefix: string, notCounted: string): IndexPeek {
  const file = join(directory, databaseName);
  if (!existsSync(file)) return nothing;
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(file, { readOnly: true });
    const rows = db
      .prepare(
        `SELECT m.key, m.str_value, m.int_value FROM collections c JOIN collection_metadata m ON m.collection_id = c.id
         WHERE c.name = ?`,
      )
      .all(prefix + suffix);
    const found = db
      .prepare(
        `SELECT count(*) AS collections FROM collections c
         JOIN collection_metadata p ON p.collection_id = c.id AND p.key = 'prefix' AND p.str_value = ?
         JOIN collection_metadata g ON g.collection_id = c.id AND g.key = 'guild_id' AND g.str_value <> ?`,
      )
      .get(prefix, notCounted);
    const marker = Object.fromEntries(rows.map((row) => [String(row['key']), row['str_value'] ?? row['int_value']]));
    return {
      collections: Number(found?.['collections'] ?? 0),
      marker: rows.length === 0 ? null : fromMetadata(marker),
    };
  } catch {
    return { collections: null, marker: null };
  } finally {
    db?.close();
  }
}
