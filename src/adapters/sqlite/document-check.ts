import type { Database } from 'better-sqlite3';
import type { FlawedDocument } from '../../health/integrity/contents-model.ts';
import { contentHashOf } from '../../knowledge/hash-model.ts';
import { fromBlob } from './bytes.ts';
import { chunkChecksum, documentChecksum, hasItsText, isSealed, vectorChecksum } from './checksums.ts';
import { searchKeyOf } from './documents.ts';
import type { ChunkRow, DocumentRow } from './rows.ts';

/** A document as it lies in the database, and what of it has no checksum yet although it is as it should be. */
export interface CheckedDocument {
  readonly flawed: FlawedDocument | null;
  readonly passages: number;
  readonly vectors: number;
  /** What can be told from the rest of the row, and is another than it says. */
  readonly corrected: Partial<Pick<StoredDocument, 'content_hash' | 'size_bytes' | 'search_key'>> | null;
  readonly unsealed: { readonly document: number | null; readonly chunks: Sums; readonly vectors: Sums };
  readonly rows: readonly ChunkRow[];
  readonly document: StoredDocument;
  /** Empty where there is none. */
  readonly content: Uint8Array;
}

/** By row. */
type Sums = ReadonlyMap<number, number>;

export interface StoredDocument extends DocumentRow {
  readonly search_key: string;
  readonly chunked: number;
}

interface VectorRow {
  readonly id: number;
  readonly chunk_id: number;
  readonly space: number;
  readonly vector: Uint8Array;
  readonly checksum: number | null;
}

/** Vectors have the length 1; the greatest of float32's rounding over thousands of numbers is far below. */
const LENGTH_OFF = 0.01;

/** Looks at documents one by one, each as of one moment; a database of an older schema has no checksums to look at. */
export function createDocumentCheck(db: Database) {
  const withSum = (table: string) => {
    const columns = db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
    return columns.includes('checksum') ? '*' : '*, NULL AS checksum';
  };
  const next = db.prepare<[number], StoredDocument>(
    `SELECT ${withSum('documents')} FROM documents WHERE id > ? AND state <> 'removed' ORDER BY id LIMIT 1`,
  );
  const contentOf = db
    .prepare<[number], Uint8Array>('SELECT content FROM document_contents WHERE document_id = ?')
    .pluck();
  const chunksOf = db.prepare<[number], ChunkRow>(
    `SELECT ${withSum('chunks')} FROM chunks WHERE document_id = ? ORDER BY ordinal`,
  );
  const vectorsOf = db.prepare<[number], VectorRow>(`SELECT ${withSum('vectors')} FROM vectors WHERE chunk_id = ?`);

  function vectorsIn(rows: readonly ChunkRow[]) {
    const found = { count: 0, flawed: new Array<number>(), unsealed: new Map<number, number>() };
    for (const { id } of rows) {
      for (const row of vectorsOf.iterate(id)) {
        found.count += 1;
        const sum = vectorChecksum(row.chunk_id, row.space, row.vector);
        const isWhole = row.checksum === null ? isUnitVector(row.vector) : row.checksum === sum;
        if (!isWhole) found.flawed.push(id);
        else if (row.checksum === null) found.unsealed.set(row.id, sum);
      }
    }
    return found;
  }

  function look(stored: StoredDocument): CheckedDocument {
    const content = contentOf.get(stored.id);
    const { document, corrected, isWhole } = judged(stored, content);
    const { id, title, guild_id: guildId, chunked, chunk_count } = document;
    // Passages that are about to be cut, or cut again, are not looked at.
    const rows = chunked === 1 ? chunksOf.all(id) : [];
    const isMissing = chunked === 1 && rows.length !== chunk_count ? 1 : 0;
    const sums = new Map<number, number>();
    let wrong = 0;
    for (const [place, row] of rows.entries()) {
      const sum = chunkChecksum(row);
      const isRight = row.ordinal === place && row.guild_id === guildId && hasItsText(row, title);
      if (!isRight || !isSealed(row.checksum, () => sum)) wrong += 1;
      else if (row.checksum === null) sums.set(row.id, sum);
    }
    const vectors = vectorsIn(rows);
    // Under another title no passage has its hash: that says nothing of them, and all of the title. Of one alone, its text is
    // the more likely to have changed.
    const isRetitled = rows.length > 1 && wrong === rows.length && document.checksum === null;
    const flaws = {
      content: content === undefined || contentHashOf(content) !== document.content_hash,
      record: !isWhole || isRetitled,
      passages: isWhole && !isRetitled ? wrong + isMissing : 0,
      vectors: vectors.flawed,
    };
    const isFlawed = flaws.content || flaws.record || flaws.passages > 0 || flaws.vectors.length > 0;
    return {
      flawed: isFlawed ? { id, guildId, title, ...flaws } : null,
      passages: rows.length,
      vectors: vectors.count,
      corrected,
      unsealed: {
        document: document.checksum === null && !isFlawed ? documentChecksum(document) : null,
        chunks: sums,
        vectors: vectors.unsealed,
      },
      rows,
      document,
      content: content ?? new Uint8Array(),
    };
  }

  return {
    /** The next document after that one; null where there is none. */
    next: db.transaction((after: number): (CheckedDocument & { readonly id: number }) | null => {
      const stored = next.get(after);
      return stored === undefined ? null : { id: stored.id, ...look(stored) };
    }),
  };
}

/** What follows from the rest of a row is put right by it: which of the two is wrong, its checksum tells. */
function judged(stored: StoredDocument, content: Uint8Array | undefined) {
  const isSound = (row: StoredDocument) => isSealed(row.checksum, () => documentChecksum(row));
  const known = content === undefined ? {} : { content_hash: contentHashOf(content), size_bytes: content.byteLength };
  const inferred = { ...stored, ...known };
  const document = !isSound(stored) && isSound(inferred) ? inferred : stored;
  const isWhole = isSound(document);
  const right = { ...document, search_key: isWhole ? searchKeyOf(stored.title, stored.name) : stored.search_key };
  const { content_hash, size_bytes, search_key } = right;
  const isRight =
    content_hash === stored.content_hash && size_bytes === stored.size_bytes && search_key === stored.search_key;
  return { document: right, corrected: isRight ? null : { content_hash, size_bytes, search_key }, isWhole };
}

function isUnitVector(blob: Uint8Array): boolean {
  if (blob.byteLength === 0 || blob.byteLength % 4 !== 0) return false;
  const squares = fromBlob(blob).reduce((sum, value) => sum + value * value, 0);
  return squares === 0 || Math.abs(Math.sqrt(squares) - 1) < LENGTH_OFF; // of no direction, where nothing was said
}
