import Database from 'better-sqlite3';
import { documentChecksum } from './checksums.ts';
import { createDocumentCheck, type StoredDocument } from './document-check.ts';
import { searchKeyOf } from './documents.ts';
import { translateError } from './errors.ts';

export interface TakeRequest {
  readonly live: string;
  /** A database that nobody has open, of this schema or an older one; it is only read. */
  readonly copy: string;
  readonly ids: readonly number[];
  /** How long a write waits for the bot that is writing. */
  readonly timeoutMs: number;
}

/**
 * Takes what is kept about documents, and their bytes, from a copy that has them whole, each in one transaction; nothing else
 * of the copy is taken. Blocks for as long as it writes: for a thread of its own.
 * @returns which were taken
 */
export function takeDocuments({ live, copy, ids, timeoutMs }: TakeRequest): readonly number[] {
  let [db, source]: (Database.Database | null)[] = [null, null];
  try {
    source = new Database(copy, { readonly: true, fileMustExist: true });
    db = new Database(live, { fileMustExist: true, timeout: timeoutMs });
    db.pragma('secure_delete = ON');
    db.pragma('synchronous = FULL');
    const take = createTaking(db);
    const check = createDocumentCheck(source);
    return ids.filter((id) => {
      const found = check.next(id - 1);
      if (found?.id !== id || found.flawed?.content === true || found.flawed?.record === true) return false;
      return take(found.document, found.content);
    });
  } catch (error) {
    throw translateError(error);
  } finally {
    source?.close();
    db?.close();
  }
}

function createTaking(db: Database.Database) {
  const own = db.prepare<[number], StoredDocument>("SELECT * FROM documents WHERE id = ? AND state <> 'removed'");
  const update = db.prepare<[Record<string, unknown>]>(
    `UPDATE documents SET guild_id = :guild_id, title = :title, name = :name, search_key = :search_key, url = :url,
       content_hash = :content_hash, size_bytes = :size_bytes, added_by = :added_by, added_at = :added_at, checksum = :checksum
     WHERE id = :id`,
  );
  const save = db.prepare<[number, Uint8Array]>(
    `INSERT INTO document_contents (document_id, content) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET content = excluded.content`,
  );
  const take = db.transaction((copied: StoredDocument, content: Uint8Array): boolean => {
    const there = own.get(copied.id);
    if (there === undefined || !isSame(there, copied)) return false;
    if (there.checksum === null || there.checksum !== documentChecksum(there)) {
      // Who gave it is not taken where that may have been forgotten since.
      const added_by = there.checksum === documentChecksum(copied) ? copied.added_by : there.added_by;
      const row = { ...copied, added_by };
      update.run({ ...row, search_key: searchKeyOf(row.title, row.name), checksum: documentChecksum(row) });
    } else if (there.content_hash !== copied.content_hash) return false;
    save.run(copied.id, content);
    return true;
  });
  return (copied: StoredDocument, content: Uint8Array) => take.immediate(copied, content);
}

/** Numbers are given out once, but the file may be somebody else's: one turned bit leaves the rest as it was. */
const isSame = (one: StoredDocument, other: StoredDocument): boolean =>
  one.content_hash === other.content_hash ||
  (one.guild_id === other.guild_id && one.title === other.title && one.added_at === other.added_at);
