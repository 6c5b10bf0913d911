import type { Words } from '../../errors.ts';
import { wordsIn } from '../../errors.ts';
import type { Chunk, Document, DocumentState, Job, JobKind, JobState, JobStep } from '../../knowledge/model.ts';

export interface DocumentRow {
  readonly id: number;
  readonly guild_id: string;
  readonly title: string;
  readonly name: string;
  readonly url: string | null;
  readonly content_hash: string;
  readonly size_bytes: number;
  readonly added_by: string;
  readonly added_at: number;
  readonly state: DocumentState;
  readonly chunk_count: number;
  readonly failure: string | null;
  readonly checksum: number | null;
}

export const documentColumns =
  'id, guild_id, title, name, url, content_hash, size_bytes, added_by, added_at, state, chunk_count, failure, checksum';

export function toDocument(row: DocumentRow): Document {
  return {
    id: row.id,
    guildId: row.guild_id,
    title: row.title,
    name: row.name,
    url: row.url,
    contentHash: row.content_hash,
    sizeBytes: row.size_bytes,
    addedBy: row.added_by,
    addedAt: row.added_at,
    state: row.state,
    chunkCount: row.chunk_count,
    ...fromFailure(row.failure),
  };
}

export interface ChunkRow {
  readonly id: number;
  readonly document_id: number;
  readonly guild_id: string;
  readonly ordinal: number;
  readonly headings: string;
  readonly text: string;
  readonly tokens: number;
  readonly text_hash: string;
  readonly words: string;
  readonly checksum: number | null;
}

export function toChunk(row: ChunkRow): Chunk {
  return {
    id: row.id,
    documentId: row.document_id,
    ordinal: row.ordinal,
    headings: JSON.parse(row.headings) as string[],
    text: row.text,
    tokens: row.tokens,
    textHash: row.text_hash,
    words: row.words,
  };
}

export interface JobRow {
  readonly id: number;
  readonly kind: JobKind;
  readonly guild_id: string;
  readonly document_id: number | null;
  readonly state: JobState;
  readonly step: JobStep;
  readonly done: number;
  readonly total: number;
  readonly attempts: number;
  readonly interruptions: number;
  readonly not_before: number;
  readonly failure: string | null;
  readonly reply_to: string | null;
  readonly created_at: number;
}

export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    guildId: row.guild_id,
    documentId: row.document_id,
    state: row.state,
    step: row.step,
    done: row.done,
    total: row.total,
    attempts: row.attempts,
    interruptions: row.interruptions,
    notBefore: row.not_before,
    replyTo: row.reply_to,
    createdAt: row.created_at,
    ...fromFailure(row.failure),
  };
}

/** Words for people, kept in all their languages. */
export function toFailure(words: Words | null): string | null {
  return words === null ? null : JSON.stringify(words);
}

function fromFailure(failure: string | null): { failure: string | null; failureWords: Words | null } {
  if (failure === null) return { failure: null, failureWords: null };
  const words = JSON.parse(failure) as Words;
  return { failure: wordsIn('en', words), failureWords: words };
}
