import { setImmediate } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { AppError } from '../../errors.ts';
import type { NewChunk } from '../../knowledge/model.ts';
import type { KnowledgeStore } from '../../knowledge/store-ports.ts';
import { createRepeatable } from './repeatable.ts';
import { toChunk } from './rows.ts';
import type { ChunkRow } from './rows.ts';

type Chunks = Pick<
  KnowledgeStore,
  'replaceChunks' | 'isChunked' | 'chunks' | 'removedChunkIds' | 'purgeChunks' | 'passages' | 'counts' | 'totals'
>;

/** A transaction of this size holds the main thread for some 10 ms. */
const batchChunks = 20;
const batchCharacters = 20_000;

interface PassageRow {
  readonly id: number;
  readonly document_id: number;
  readonly title: string;
  readonly url: string | null;
  readonly ordinal: number;
  readonly headings: string;
  readonly text: string;
  readonly tokens: number;
}

export interface ChunksOptions {
  /** Told when the set of chunks has changed. */
  readonly onChange: () => void;
  readonly markStale: (guildId: string) => void;
}

export function createChunks(db: Database, { onChange, markStale }: ChunksOptions): Chunks {
  const living = db
    .prepare<[number], string>("SELECT guild_id FROM documents WHERE id = ? AND state <> 'removed'")
    .pluck();
  const guildOf = db.prepare<[number], string>('SELECT guild_id FROM documents WHERE id = ?').pluck();
  const unchunked = db.prepare<[number]>('UPDATE documents SET chunked = 0, chunk_count = 0 WHERE id = ?');
  const chunked = db.prepare<[number, number]>('UPDATE documents SET chunked = 1, chunk_count = ? WHERE id = ?');
  const isChunked = db.prepare<[number], number>('SELECT chunked FROM documents WHERE id = ?').pluck();
  const insert = db.prepare<[number, string, number, string, string, number, string, string]>(
    `INSERT INTO chunks (document_id, guild_id, ordinal, headings, text, tokens, text_hash, words)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const deleteSome = db.prepare<[number, number]>(
    'DELETE FROM chunks WHERE id IN (SELECT id FROM chunks WHERE document_id = ? ORDER BY ordinal LIMIT ?)',
  );
  const page = db.prepare<[number, number, number], ChunkRow>(
    'SELECT * FROM chunks WHERE document_id = ? ORDER BY ordinal LIMIT ? OFFSET ?',
  );
  const removedIds = db
    .prepare<[number, number, number], number>(
      `SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document_id
       WHERE d.id = ? AND d.state = 'removed' AND c.id > ? ORDER BY c.id LIMIT ?`,
    )
    .pluck();
  const deleteOne = db.prepare<[number, number]>('DELETE FROM chunks WHERE id = ? AND document_id = ?');
  // Words of a failure may quote the document; the address of a reply names a person.
  const silenceJobs = db.prepare<[number]>(
    "UPDATE jobs SET failure = NULL, reply_to = NULL WHERE document_id = ? AND kind <> 'purge'",
  );
  const deleteEmpty = db.prepare<[number]>(
    `DELETE FROM documents WHERE id = ? AND state = 'removed'
     AND NOT EXISTS (SELECT 1 FROM chunks WHERE document_id = documents.id)`,
  );
  const passage = db.prepare<[number, string], PassageRow>(
    `SELECT c.id, c.document_id, d.title, d.url, c.ordinal, c.headings, c.text, c.tokens
     FROM chunks c JOIN documents d ON d.id = c.document_id
     WHERE c.id = ? AND d.guild_id = ? AND d.state = 'ready'`,
  );
  const counts = db.prepare<[string], ReturnType<Chunks['counts']>>(
    `SELECT count(*) AS documents, count(*) FILTER (WHERE state = 'ready') AS ready,
       count(*) FILTER (WHERE state = 'failed') AS failed,
       coalesce(sum(chunk_count) FILTER (WHERE state = 'ready'), 0) AS chunks
     FROM documents WHERE guild_id = ? AND state <> 'removed'`,
  );
  const totals = db.prepare<[], ReturnType<Chunks['totals']>>(
    `SELECT count(DISTINCT guild_id) AS guilds, count(*) AS documents,
       coalesce(sum(chunk_count) FILTER (WHERE state = 'ready'), 0) AS chunks, (SELECT count(*) FROM vectors) AS vectors
     FROM documents WHERE state <> 'removed'`,
  );

  const unchunkedRemoved = db.prepare<[number]>("UPDATE documents SET chunked = 0 WHERE id = ? AND state = 'removed'");

  const repeatable = createRepeatable(db);

  /** One transaction, unless the document has gone; then the event loop runs. A crash repeats all of them. */
  async function step<Result>(documentId: number, work: (guildId: string) => Result): Promise<Result> {
    const transaction = db.transaction(() => {
      const guildId = living.get(documentId);
      if (guildId === undefined) throw new AppError('not_found', `Document ${documentId} has been removed.`);
      return work(guildId);
    });
    const result = repeatable(() => transaction.immediate());
    onChange();
    await setImmediate();
    return result;
  }

  const purge = db.transaction((documentId: number, chunkIds: readonly number[]) => {
    const guildId = guildOf.get(documentId);
    if (guildId !== undefined && chunkIds.length > 0) markStale(guildId);
    for (const id of chunkIds) deleteOne.run(id, documentId);
    if (chunkIds.length > 0) unchunkedRemoved.run(documentId); // should it come back, it is read anew
    if (deleteEmpty.run(documentId).changes > 0) silenceJobs.run(documentId);
  });

  return {
    async replaceChunks(documentId, chunks) {
      await step(documentId, () => unchunked.run(documentId));
      while ((await step(documentId, () => deleteSome.run(documentId, batchChunks))).changes > 0);
      for (const batch of batches(chunks)) {
        await step(documentId, (guildId) => {
          for (const { ordinal, headings, text, tokens, textHash, words } of batch) {
            insert.run(documentId, guildId, ordinal, JSON.stringify(headings), text, tokens, textHash, words);
          }
        });
      }
      await step(documentId, () => chunked.run(chunks.length, documentId));
    },
    isChunked: (documentId) => isChunked.get(documentId) === 1,
    chunks: (documentId, { offset, limit }) => page.all(documentId, limit, offset).map(toChunk),
    removedChunkIds: (documentId, limit, after = 0) => removedIds.all(documentId, after, limit),
    purgeChunks(documentId, chunkIds) {
      purge.immediate(documentId, chunkIds);
      onChange();
    },
    passages: (guildId, chunkIds) =>
      chunkIds.flatMap((id) => {
        const row = passage.get(id, guildId);
        return row ? [toPassage(row)] : [];
      }),
    counts: (guildId) => counts.get(guildId) ?? { documents: 0, ready: 0, failed: 0, chunks: 0 },
    totals: () => totals.get() ?? { guilds: 0, documents: 0, chunks: 0, vectors: 0 },
  };
}

function* batches(chunks: readonly NewChunk[]): Generator<NewChunk[]> {
  let batch: NewChunk[] = [];
  let characters = 0;
  for (const chunk of chunks) {
    batch.push(chunk);
    characters += chunk.text.length;
    if (batch.length < batchChunks && characters < batchCharacters) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

function toPassage(row: PassageRow): ReturnType<Chunks['passages']>[number] {
  const { document_id, headings, id, ...shown } = row;
  return { chunkId: id, documentId: document_id, headings: JSON.parse(headings) as string[], ...shown };
}
