import { crc32 } from 'node:zlib';
import { textHashOf } from '../../knowledge/hash-model.ts';
import type { ChunkRow, DocumentRow } from './rows.ts';

/**
 * CRC-32 finds every change of one bit, and of any 32 in a row; of anything worse it misses one in four thousand million. It
 * costs half of what SHA-256 does (measured: 1.3 µs for a vector of 768 numbers) and six bytes in the row.
 */
const checksumOf = (columns: readonly (string | number | null)[]): number => crc32(JSON.stringify(columns));

type Of<Row> = Omit<Row, 'id' | 'checksum'>;

/** All that people are shown of a document, and whose it is. What it is at (`state`, `failure`) changes, and is left out. */
export function documentChecksum(row: Omit<Of<DocumentRow>, 'state' | 'chunk_count' | 'failure'>): number {
  const { guild_id, title, name, url, content_hash, size_bytes, added_by, added_at } = row;
  return checksumOf([guild_id, title, name, url, content_hash, size_bytes, added_by, added_at]);
}

/** All of a passage. */
export function chunkChecksum(row: Of<ChunkRow>): number {
  const { document_id, guild_id, ordinal, headings, text, tokens, text_hash, words } = row;
  return checksumOf([document_id, guild_id, ordinal, headings, text, tokens, text_hash, words]);
}

/** Of a vector, and of which passage in which space it is. */
export const vectorChecksum = (chunkId: number, space: number, vector: Uint8Array): number =>
  crc32(vector, crc32(`${chunkId}/${space}`));

/** Rows of before have none yet. */
export const isSealed = (stored: number | null, made: () => number): boolean => stored === null || stored === made();

/** Whether a passage's text and headings, under its document's title, are those that it has the hash of. */
export function hasItsText({ headings, text, text_hash }: ChunkRow, title: string): boolean {
  const listed = headingsIn(headings);
  return listed !== null && textHashOf(title, listed, text) === text_hash;
}

function headingsIn(json: string): string[] | null {
  try {
    return JSON.parse(json) as string[];
  } catch {
    return null;
  }
}
