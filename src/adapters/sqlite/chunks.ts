import { setImmediate } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { AppError } from '../../errors.ts';
import type { NewChunk } from '../../knowledge/model.ts';
import type { KnowledgeStore } from '../../knowledge/store-ports.ts';
import { chunkChecksum, documentChecksum, hasItsText, isSealed } from './checksums.ts';
import { createRepeatable } from './repeatable.ts';
import { INDEX_WORDS } from './rebuild-words.ts';
import { documentColumns, toChunk } from './rows.ts';
import type { ChunkRow, DocumentRow } from './rows.ts';

type Chunks = Pick<
  KnowledgeStore,
  'replaceChunks' | 'isChunked' | 'chunks' | 'removedChunkIds' | 'purgeChunks' | 'passages' | 'counts' | 'totals'
>;

type Sealed = Omit<ChunkRow, 'id'>;

/** A transaction of this size holds the main thread for some 10 ms. */
const batchChunks = 20;
const batchCharacters = 20_000;

export interface ChunksOptions {
  /** Told when the set of chunks has changed. */
  readonly onChange: () => void;
  readonly markStale: (guildId: string) => void;
  /** Told of a document of which a chunk that was asked for is not as it was stored, and is therefore left out. */
  readonly onFlaw: (documentId: number) => void;
}

export function createChunks(db: Database, { onChange, markStale, onFlaw }: ChunksOptions): Chunks {
  const living = db
    .prepare<[number], string>("SELECT guild_id FROM documents WHERE id = ? AND state <> 'removed'")
    .pluck();
  const guildOf = db.prepare<[number], string>('SELECT guild_id FROM documents WHERE id = ?').pluck();
  const unchunked = db.prepare<[number]>('UPDATE documents SET chunked = 0, chunk_count = 0 WHERE id = ?');
  const chunked = db.prepare<[number, number]>('UPDATE documents SET chunked = 1, chunk_count = ? WHERE id = ?');
  const isChunked = db.prepare<[number], number>('SELECT chunked FROM documents WHERE id = ?').pluck();
  const insert = db.prepare<[number, string, number, string, string, number, string, string, number | null]>(
    `INSERT INTO chunks (document_id, guild_id, ordinal, headings, text, tokens, text_hash, words, checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const add = ({ document_id, guild_id, ordinal, headings, text, tokens, text_hash, words, checksum }: Sealed) =>
    insert.run(document_id, guild_id, ordinal, headings, text, tokens, text_hash, words, checksum);
  const isCut = db.prepare<[number], number>('SELECT 1 FROM chunks WHERE document_id = ? LIMIT 1').pluck();
  const at = db.prepare<[number, number], ChunkRow>('SELECT * FROM chunks WHERE document_id = ? AND ordinal = ?');
  const update = db.prepare<[Sealed & { readonly id: number }]>(
    `UPDATE chunks SET guild_id = :guild_id, headings = :headings, text = :text, tokens = :tokens, text_hash = :text_hash,
       words = :words, checksum = :checksum WHERE id = :id`,
  );
  const indexWords = db.prepare<[number]>(`${INDEX_WORDS} WHERE id = ?`);
  const deleteVectors = db.prepare<[number]>('DELETE FROM vectors WHERE chunk_id = ?');
  const deleteFrom = db.prepare<[number, number, number]>(
    `DELETE FROM chunks WHERE id IN (
       SELECT id FROM chunks WHERE document_id = ? AND ordinal >= ? ORDER BY ordinal LIMIT ?)`,
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
  const chunk = db.prepare<[number], ChunkRow>('SELECT * FROM chunks WHERE id = ?');
  const document = db.prepare<[number], DocumentRow>(`SELECT ${documentColumns} FROM documents WHERE id = ?`);
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

  function wholeDocument(id: number): DocumentRow | null {
    const row = document.get(id) ?? null;
    if (row === null || isSealed(row.checksum, () => documentChecksum(row))) return row;
    onFlaw(id);
    return null;
  }

  /** Nothing is shown that the disk has changed. */
  const asStored = (title: string) => (row: ChunkRow) => {
    if (isWhole(row) && hasItsText(row, title)) return true;
    onFlaw(row.document_id);
    return false;
  };

  /** A chunk of the same text keeps its number, which answers refer to, and its vectors where nothing of it changed. */
  function put(row: Sealed): void {
    const there = at.get(row.document_id, row.ordinal);
    const isSame = there?.text_hash === row.text_hash;
    if (there === undefined || !(isSame || (there.text === row.text && there.headings === row.headings))) {
      if (there !== undefined) deleteOne.run(there.id, row.document_id);
      add(row);
    } else if (!isSame || !isWhole(there) || there.checksum !== row.checksum) {
      if (!isSame) deleteVectors.run(there.id);
      update.run({ ...row, id: there.id });
      indexWords.run(there.id);
    }
  }

  return {
    async replaceChunks(documentId, chunks) {
      // In few commits, as each waits for the disk. Until the last of them it counts as not cut, and is cut again.
      const all = batches(chunks);
      let write: (row: Sealed) => void = add;
      for (const [at, batch] of all.entries()) {
        await step(documentId, (guildId) => {
          if (at === 0) {
            unchunked.run(documentId);
            if (isCut.get(documentId) !== undefined) write = put;
          }
          for (const each of batch) write(sealed(documentId, guildId, each));
          if (at === all.length - 1 && write === add) chunked.run(chunks.length, documentId);
        });
      }
      if (write === add) return;
      while ((await step(documentId, () => deleteFrom.run(documentId, chunks.length, batchChunks))).changes > 0);
      await step(documentId, () => chunked.run(chunks.length, documentId));
    },
    isChunked: (documentId) => isChunked.get(documentId) === 1,
    chunks(documentId, { offset, limit }) {
      const title = document.get(documentId)?.title ?? '';
      return page.all(documentId, limit, offset).filter(asStored(title)).map(toChunk);
    },
    removedChunkIds: (documentId, limit, after = 0) => removedIds.all(documentId, after, limit),
    purgeChunks(documentId, chunkIds) {
      purge.immediate(documentId, chunkIds);
      onChange();
    },
    passages(guildId, chunkIds) {
      const known = new Map<number, DocumentRow | null>();
      const documentOf = (id: number): DocumentRow | null => {
        const found = known.get(id) ?? wholeDocument(id);
        known.set(id, found);
        return found;
      };
      return chunkIds.flatMap((id) => {
        const row = chunk.get(id);
        const of = row === undefined ? null : documentOf(row.document_id);
        if (row === undefined || of?.state !== 'ready' || of.guild_id !== guildId) return [];
        return asStored(of.title)(row) ? [toPassage(row, of)] : [];
      });
    },
    counts: (guildId) => counts.get(guildId) ?? { documents: 0, ready: 0, failed: 0, chunks: 0 },
    totals: () => totals.get() ?? { guilds: 0, documents: 0, chunks: 0, vectors: 0 },
  };
}

/** At least one, if an empty one. */
function batches(chunks: readonly NewChunk[]): NewChunk[][] {
  let batch: NewChunk[] = [];
  const all = [batch];
  let characters = 0;
  for (const chunk of chunks) {
    if (batch.length >= batchChunks || characters >= batchCharacters) {
      all.push((batch = []));
      characters = 0;
    }
    batch.push(chunk);
    characters += chunk.text.length;
  }
  return all;
}

function toPassage({ id, document_id, headings, ordinal, text, tokens }: ChunkRow, { title, url }: DocumentRow) {
  const place = { chunkId: id, documentId: document_id, ordinal, headings: JSON.parse(headings) as string[] };
  return { ...place, title, url, text, tokens } satisfies ReturnType<Chunks['passages']>[number];
}

function sealed(document_id: number, guild_id: string, { textHash, headings, ...chunk }: NewChunk): Sealed {
  const row = { document_id, guild_id, ...chunk, headings: JSON.stringify(headings), text_hash: textHash };
  return { ...row, checksum: chunkChecksum(row) };
}

const isWhole = (row: ChunkRow): boolean => isSealed(row.checksum, () => chunkChecksum(row));
