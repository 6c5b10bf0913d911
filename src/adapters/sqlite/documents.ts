import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { AppError } from '../../errors.ts';
import type { KnowledgeStore } from '../../knowledge/store-ports.ts';
import type { Jobs } from './jobs.ts';
import { documentColumns, toDocument, toFailure } from './rows.ts';
import type { DocumentRow } from './rows.ts';

type Documents = Pick<
  KnowledgeStore,
  | 'addDocument'
  | 'document'
  | 'documents'
  | 'suggestDocuments'
  | 'content'
  | 'markReady'
  | 'markFailed'
  | 'removeDocument'
  | 'bringBack'
  | 'documentsWithoutVectors'
>;

export function createDocuments(db: Database, jobs: Jobs): Documents {
  const byContent = db.prepare<[string, string], DocumentRow>(
    `SELECT ${documentColumns} FROM documents WHERE guild_id = ? AND content_hash = ? AND state <> 'removed'`,
  );
  const byId = db.prepare<[number, string], DocumentRow>(
    `SELECT ${documentColumns} FROM documents WHERE id = ? AND guild_id = ? AND state <> 'removed'`,
  );
  const insert = db.prepare<[Record<string, string | number | null>], DocumentRow>(
    `INSERT INTO documents (guild_id, title, name, search_key, url, content_hash, size_bytes, added_by, added_at, state)
     VALUES (:guildId, :title, :name, :searchKey, :url, :hash, :size, :addedBy, :now, 'queued')
     RETURNING ${documentColumns}`,
  );
  const insertContent = db.prepare<[number, Uint8Array]>(
    'INSERT INTO document_contents (document_id, content) VALUES (?, ?)',
  );
  // Its chunks carry the title, so another title means chunking again; otherwise what was done already counts.
  const queueAgain = db.prepare<[Record<string, string | number | null>], DocumentRow>(
    `UPDATE documents SET state = 'queued', failure = NULL, chunked = chunked AND title = :title, title = :title,
       name = :name, search_key = :searchKey, url = :url
     WHERE id = :id RETURNING ${documentColumns}`,
  );
  const page = db.prepare<[string, number, number], DocumentRow>(
    `SELECT ${documentColumns} FROM documents WHERE guild_id = ? AND state <> 'removed'
     ORDER BY id DESC LIMIT ? OFFSET ?`,
  );
  const count = db
    .prepare<[string], number>("SELECT count(*) FROM documents WHERE guild_id = ? AND state <> 'removed'")
    .pluck();
  const suggest = db.prepare<[string, string, number], DocumentRow>(
    `SELECT ${documentColumns} FROM documents WHERE guild_id = ? AND state <> 'removed' AND instr(search_key, ?) > 0
     ORDER BY id DESC LIMIT ?`,
  );
  const content = db
    .prepare<[number], Uint8Array>('SELECT content FROM document_contents WHERE document_id = ?')
    .pluck();
  const ready = db.prepare<[number]>(
    "UPDATE documents SET state = 'ready', failure = NULL WHERE id = ? AND state <> 'removed'",
  );
  const failed = db.prepare<[string | null, number]>(
    "UPDATE documents SET state = 'failed', failure = ? WHERE id = ? AND state <> 'removed'",
  );
  const remove = db.prepare<[number]>("UPDATE documents SET state = 'removed' WHERE id = ?");
  const removedById = db.prepare<[number, string], DocumentRow>(
    `SELECT ${documentColumns} FROM documents WHERE id = ? AND guild_id = ? AND state = 'removed'`,
  );
  const unremove = db.prepare<[number], DocumentRow>(
    `UPDATE documents SET state = 'queued', failure = NULL WHERE id = ? RETURNING ${documentColumns}`,
  );
  const withoutVectors = db.prepare<[number, string, number], DocumentRow>(
    `SELECT ${documentColumns} FROM documents d WHERE d.state = 'ready' AND d.id > ? AND EXISTS (
       SELECT 1 FROM chunks c WHERE c.document_id = d.id AND NOT EXISTS (
         SELECT 1 FROM vectors v JOIN spaces s ON s.key = v.space WHERE v.chunk_id = c.id AND s.id = ?))
     ORDER BY d.id LIMIT ?`,
  );

  const addDocument = db.transaction<Documents['addDocument']>((given, now) => {
    const hash = createHash('sha256').update(given.content).digest('hex');
    const there = byContent.get(given.guildId, hash);
    if (there && there.state !== 'failed') {
      return { document: toDocument(there), job: jobs.unfinished(there.id), duplicate: true };
    }
    const { guildId, title, name, url, addedBy } = given;
    const searchKey = fold(`${title}\n${name}`);
    const row = there
      ? queueAgain.get({ id: there.id, title, name, searchKey, url })
      : insert.get({ guildId, title, name, searchKey, url, hash, size: given.content.byteLength, addedBy, now });
    if (!row) throw new AppError('internal', 'SQLite returned no row for a document that it stored.');
    if (!there) insertContent.run(row.id, given.content);
    const job = jobs.addJob('ingest', guildId, row.id, now, given.replyTo);
    return { document: toDocument(row), job, duplicate: false };
  });

  const removeDocument = db.transaction<Documents['removeDocument']>((guildId, documentId, now) => {
    const row = byId.get(documentId, guildId);
    if (!row) return null;
    remove.run(documentId);
    jobs.cancelQueued(documentId, now);
    return { document: toDocument(row), job: jobs.addJob('purge', guildId, documentId, now) };
  });

  const bringBack = db.transaction<Documents['bringBack']>((guildId, documentId, { now, removedAfter }, replyTo) => {
    const row = removedById.get(documentId, guildId);
    const removal = jobs.removal(documentId);
    if (!row || removal === null || removal.createdAt <= removedAfter || removal.createdAt > now) return 'gone';
    if (jobs.unfinished(documentId)?.state === 'running') return 'busy';
    const there = byContent.get(guildId, row.content_hash);
    if (there) return { document: toDocument(there), job: jobs.unfinished(there.id), duplicate: true };
    jobs.cancelRemoval(documentId, now);
    const back = unremove.get(documentId) ?? row;
    return {
      document: toDocument(back),
      job: jobs.addJob('ingest', guildId, documentId, now, replyTo),
      duplicate: false,
    };
  });

  return {
    addDocument: (given, now) => addDocument.immediate(given, now),
    document(guildId, id) {
      const row = byId.get(id, guildId);
      return row ? toDocument(row) : null;
    },
    documents: (guildId, { offset, limit }) => ({
      items: page.all(guildId, limit, offset).map(toDocument),
      total: count.get(guildId) ?? 0,
    }),
    suggestDocuments: (guildId, text, limit) => suggest.all(guildId, fold(text), limit).map(toDocument),
    content(documentId) {
      const bytes = content.get(documentId);
      if (!bytes) throw new AppError('not_found', `There is no content of document ${documentId}.`);
      return bytes;
    },
    markReady: (documentId) => void ready.run(documentId),
    markFailed: (documentId, failure) => void failed.run(toFailure(failure), documentId),
    removeDocument: (guildId, documentId, now) => removeDocument.immediate(guildId, documentId, now),
    bringBack: (...given) => bringBack.immediate(...given),
    documentsWithoutVectors: (spaceId, limit, after = 0) => withoutVectors.all(after, spaceId, limit).map(toDocument),
  };
}

/** So that `ＡＢＣ` and `abc` find each other. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
