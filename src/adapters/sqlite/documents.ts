import type { Database } from 'better-sqlite3';
import { AppError } from '../../errors.ts';
import { contentHashOf } from '../../knowledge/hash-model.ts';
import type { Job } from '../../knowledge/model.ts';
import type { KnowledgeStore } from '../../knowledge/store-ports.ts';
import { documentChecksum } from './checksums.ts';
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
  | 'remake'
>;

/** `onFlaw` is told of a document that is not as it was stored. */
export function createDocuments(db: Database, jobs: Jobs, onFlaw: (documentId: number) => void): Documents {
  const byContent = db.prepare<[string, string], DocumentRow>(
    `SELECT ${documentColumns} FROM documents WHERE guild_id = ? AND content_hash = ? AND state <> 'removed'`,
  );
  const byId = db.prepare<[number, string], DocumentRow>(
    `SELECT ${documentColumns} FROM documents WHERE id = ? AND guild_id = ? AND state <> 'removed'`,
  );
  const insert = db.prepare<[Record<string, string | number | null>], DocumentRow>(
    `INSERT INTO documents (guild_id, title, name, search_key, url, content_hash, size_bytes, added_by, added_at, state, checksum)
     VALUES (:guild_id, :title, :name, :searchKey, :url, :content_hash, :size_bytes, :added_by, :added_at, 'queued', :checksum)
     RETURNING ${documentColumns}`,
  );
  // Whoever gives the same bytes again mends those that are there, should the disk have changed them.
  const saveContent = db.prepare<[number, Uint8Array]>(
    `INSERT INTO document_contents (document_id, content) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET content = excluded.content WHERE content <> excluded.content`,
  );
  // It is cut again, under another title perhaps; of the same text, chunks and what was made of them are kept.
  const queueAgain = db.prepare<[Record<string, string | number | null>], DocumentRow>(
    `UPDATE documents SET state = 'queued', failure = NULL, chunked = 0, title = :title,
       name = :name, search_key = :searchKey, url = :url, size_bytes = :size_bytes, checksum = :checksum
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
  const content = db.prepare<[number], { content: Uint8Array; content_hash: string }>(
    `SELECT c.content, d.content_hash FROM document_contents c JOIN documents d ON d.id = c.document_id
     WHERE c.document_id = ?`,
  );
  const ready = db.prepare<[number]>(
    "UPDATE documents SET state = 'ready', failure = NULL WHERE id = ? AND state <> 'removed'",
  );
  const failed = db.prepare<[string | null, number]>(
    "UPDATE documents SET state = 'failed', failure = ? WHERE id = ? AND state <> 'removed'",
  );
  const living = db.prepare<[number], DocumentRow>(
    `SELECT ${documentColumns} FROM documents WHERE id = ? AND state <> 'removed'`,
  );
  const unread = db.prepare<[number]>(
    "UPDATE documents SET chunked = 0, state = CASE state WHEN 'failed' THEN 'queued' ELSE state END WHERE id = ?",
  );
  const deleteVectors = db.prepare<[number, number]>(
    'DELETE FROM vectors WHERE chunk_id IN (SELECT id FROM chunks WHERE id = ? AND document_id = ?)',
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
    const { guildId, title, name, url, addedBy, content: bytes } = given;
    const content_hash = contentHashOf(bytes);
    const there = byContent.get(guildId, content_hash);
    if (there && there.state !== 'failed') {
      const isMended = saveContent.run(there.id, bytes).changes > 0;
      const job = isMended ? readAgain(there, now) : jobs.unfinished(there.id);
      return { document: toDocument(there), job, duplicate: true };
    }
    const { added_by, added_at } = there ?? { added_by: addedBy, added_at: now };
    const size_bytes = bytes.byteLength;
    const columns = { guild_id: guildId, title, name, url, content_hash, size_bytes, added_by, added_at };
    const sealed = { ...columns, checksum: documentChecksum(columns), searchKey: searchKeyOf(title, name) };
    const row = there ? queueAgain.get({ ...sealed, id: there.id }) : insert.get(sealed);
    if (!row) throw new AppError('internal', 'SQLite returned no row for a document that it stored.');
    saveContent.run(row.id, bytes);
    const job = jobs.addJob('ingest', guildId, row.id, now, given.replyTo);
    return { document: toDocument(row), job, duplicate: false };
  });

  /** What is missing of a document, or differs, is made anew; what is there of it stays in answers meanwhile. */
  function readAgain({ id, guild_id }: DocumentRow, now: number): Job {
    unread.run(id);
    return jobs.addJob('ingest', guild_id, id, now);
  }

  const remake = db.transaction<Documents['remake']>((documentId, chunkIds, now) => {
    const row = living.get(documentId);
    if (!row) return null;
    for (const id of chunkIds) deleteVectors.run(id, documentId);
    return readAgain(row, now);
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
      const found = content.get(documentId);
      if (!found) throw new AppError('not_found', `There is no content of document ${documentId}.`);
      if (contentHashOf(found.content) !== found.content_hash) {
        onFlaw(documentId);
        throw changedOnDisk();
      }
      return found.content;
    },
    markReady: (documentId) => void ready.run(documentId),
    markFailed: (documentId, failure) => void failed.run(toFailure(failure), documentId),
    removeDocument: (guildId, documentId, now) => removeDocument.immediate(guildId, documentId, now),
    bringBack: (...given) => bringBack.immediate(...given),
    remake: (...given) => remake.immediate(...given),
    documentsWithoutVectors: (spaceId, limit, after = 0) => withoutVectors.all(after, spaceId, limit).map(toDocument),
  };
}

/** What a document is found by while somebody types. */
export const searchKeyOf = (title: string, name: string): string => fold(`${title}\n${name}`);

const changedOnDisk = () =>
  new AppError('damaged', {
    en: 'Its text was changed by the disk that it lies on, so it is not read. The integrity check takes it from a backup where one has it whole; otherwise add the same file again.',
    ja: '本文がディスク上で変化しているため、読み込みを中止しました。整合性の確認が、無事な内容を持つバックアップから復元します。復元できない場合は、同じファイルをもう一度追加してください。',
  });

/** So that `ＡＢＣ` and `abc` find each other. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
