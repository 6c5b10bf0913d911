import type { Database } from 'better-sqlite3';
import type { ChunkVector, KnowledgeStore } from '../../knowledge/store-ports.ts';
import { fromBlob, toBlob } from './bytes.ts';
import { isSealed, vectorChecksum } from './checksums.ts';
import { createRepeatable } from './repeatable.ts';
import { toChunk } from './rows.ts';
import type { ChunkRow } from './rows.ts';

type Vectors = Pick<
  KnowledgeStore,
  | 'chunksWithoutVector'
  | 'countVectors'
  | 'vectorsByTextHash'
  | 'saveVectors'
  | 'documentVectors'
  | 'guildVectors'
  | 'guildVectorIds'
  | 'lastChunkId'
  | 'vectors'
  | 'guildsWithDocuments'
>;

interface VectorRow {
  readonly chunk_id: number;
  readonly vector: Uint8Array;
}

interface CachedRow extends VectorRow {
  readonly checksum: number | null;
}

export function createVectors(db: Database): Vectors {
  const space = spaceKeys(db);
  const repeatable = createRepeatable(db);
  const without = db.prepare<[number, number, number], ChunkRow>(
    `SELECT * FROM chunks c WHERE document_id = ?
     AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.chunk_id = c.id AND v.space = ?) ORDER BY ordinal LIMIT ?`,
  );
  const count = db
    .prepare<[number, number], number>(
      'SELECT count(*) FROM chunks c JOIN vectors v ON v.chunk_id = c.id AND v.space = ? WHERE c.document_id = ?',
    )
    .pluck();
  const byText = db.prepare<[string, number], CachedRow>(
    `SELECT v.chunk_id, v.vector, v.checksum FROM chunks c JOIN vectors v ON v.chunk_id = c.id
     WHERE c.text_hash = ? AND v.space = ? LIMIT 1`,
  );
  // The SELECT leaves out chunks that were removed while their vectors were made.
  const insert = db.prepare<[number, Uint8Array, number, number]>(
    `INSERT INTO vectors (chunk_id, space, vector, checksum) SELECT id, ?, ?, ? FROM chunks WHERE id = ?
     ON CONFLICT (chunk_id, space) DO UPDATE SET vector = excluded.vector, checksum = excluded.checksum`,
  );
  const ofDocument = db.prepare<[number, number, number, number], VectorRow>(
    `SELECT v.chunk_id, v.vector FROM chunks c INDEXED BY chunks_of_document
     CROSS JOIN vectors v ON v.chunk_id = c.id AND v.space = ? WHERE c.document_id = ? AND c.id > ? ORDER BY c.id LIMIT ?`,
  );
  // CROSS JOIN fixes the order: the guild's chunks by id, so that a page ends without having sorted the whole guild.
  const readyVectors = `FROM chunks c INDEXED BY chunks_by_guild CROSS JOIN documents d ON d.id = c.document_id AND d.state = 'ready'
     CROSS JOIN vectors v ON v.chunk_id = c.id AND v.space = ? WHERE c.guild_id = ? AND c.id > ? ORDER BY c.id LIMIT ?`;
  const ofGuild = db.prepare<[number, string, number, number], VectorRow>(
    `SELECT v.chunk_id, v.vector ${readyVectors}`,
  );
  const idsOfGuild = db.prepare<[number, string, number, number], number>(`SELECT v.chunk_id ${readyVectors}`).pluck();
  const one = db.prepare<[number, number], VectorRow>(
    `SELECT v.chunk_id, v.vector FROM vectors v JOIN chunks c ON c.id = v.chunk_id
     JOIN documents d ON d.id = c.document_id AND d.state <> 'removed' WHERE v.chunk_id = ? AND v.space = ?`,
  );
  const guilds = db
    .prepare<[], string>("SELECT DISTINCT guild_id FROM documents WHERE state <> 'removed' ORDER BY guild_id")
    .pluck();

  const lastChunkId = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'").pluck();

  const save = db.transaction((key: number, vectors: readonly ChunkVector[]) => {
    for (const { chunkId, vector } of vectors) {
      const blob = toBlob(vector);
      insert.run(key, blob, vectorChecksum(chunkId, key, blob), chunkId);
    }
  });

  return {
    chunksWithoutVector: (documentId, spaceId, limit) => without.all(documentId, space(spaceId), limit).map(toChunk),
    countVectors: (documentId, spaceId) => count.get(space(spaceId), documentId) ?? 0,
    vectorsByTextHash(spaceId, hashes) {
      const found = new Map<string, Float32Array>();
      for (const hash of new Set(hashes)) {
        const row = byText.get(hash, space(spaceId));
        // One that a bit turned in is made anew, rather than handed on to another passage.
        const isWhole = row && isSealed(row.checksum, () => vectorChecksum(row.chunk_id, space(spaceId), row.vector));
        if (isWhole) found.set(hash, fromBlob(row.vector));
      }
      return found;
    },
    saveVectors(spaceId, vectors) {
      const key = space(spaceId);
      repeatable(() => save.immediate(key, vectors));
    },
    documentVectors: (documentId, spaceId, { after, limit }) =>
      ofDocument.all(space(spaceId), documentId, after, limit).map(toVector),
    guildVectors: (guildId, spaceId, { after, limit }) =>
      ofGuild.all(space(spaceId), guildId, after, limit).map(toVector),
    guildVectorIds: (guildId, spaceId, { after, limit }) => idsOfGuild.all(space(spaceId), guildId, after, limit),
    vectors: (spaceId, chunkIds) =>
      chunkIds.flatMap((id) => {
        const row = one.get(id, space(spaceId));
        return row ? [toVector(row)] : [];
      }),
    guildsWithDocuments: () => guilds.all(),
    lastChunkId: () => lastChunkId.get() ?? 0,
  };
}

/** The small number of a space, given out when it is first seen. */
function spaceKeys(db: Database): (spaceId: string) => number {
  const known = new Map<string, number>();
  const find = db.prepare<[string], number>('SELECT key FROM spaces WHERE id = ?').pluck();
  const add = db.prepare<[string]>('INSERT INTO spaces (id) VALUES (?) ON CONFLICT DO NOTHING');
  return (spaceId) => {
    let key = known.get(spaceId) ?? find.get(spaceId);
    if (key === undefined) {
      add.run(spaceId);
      key = find.get(spaceId) ?? 0;
    }
    known.set(spaceId, key);
    return key;
  };
}

function toVector(row: VectorRow): ChunkVector {
  return { chunkId: row.chunk_id, vector: fromBlob(row.vector) };
}
