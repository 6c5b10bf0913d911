import type { Words } from '../errors.ts';
import type { Chunk, Document, Job, JobKind, JobStep, NewChunk, NewDocument, Passage } from './model.ts';

/**
 * SQLite, the system of record. Every method that writes has committed durably when it returns. Methods are
 * synchronous and bounded: lists come in pages, large deletes in batches.
 */
export interface KnowledgeStore {
  /**
   * Stores the bytes and a queued `ingest` job in one transaction. The same content in the same guild is recognised:
   * `duplicate` is true, nothing is written, `document` is the one that is there, `job` its unfinished job or null.
   * (A failed document with the same content takes the new title, name and url and is queued again; not a duplicate.)
   */
  addDocument(document: NewDocument, now: number): { document: Document; job: Job | null; duplicate: boolean };
  document(guildId: string, id: number): Document | null;
  /** Newest first. Removed documents are not listed. */
  documents(guildId: string, page: { offset: number; limit: number }): { items: Document[]; total: number };
  /** For autocomplete: titles or names that contain `text` (case-insensitive), newest first. */
  suggestDocuments(guildId: string, text: string, limit: number): Document[];
  counts(guildId: string): { documents: number; ready: number; failed: number; chunks: number };
  totals(): { guilds: number; documents: number; chunks: number; vectors: number };
  /** @throws AppError `damaged`: the disk has changed it */
  content(documentId: number): Uint8Array;

  /**
   * Replaces all chunks of a document, in batches between which the event loop runs; half-written chunks of a crash
   * are replaced by the next call. A chunk of the same text at the same place keeps its id, and its vectors. @throws AppError `not_found` when the document was removed meanwhile
   */
  replaceChunks(documentId: number, chunks: readonly NewChunk[]): Promise<void>;
  /** True when `replaceChunks` has finished for this document. */
  isChunked(documentId: number): boolean;
  chunks(documentId: number, page: { offset: number; limit: number }): Chunk[];
  /** Chunks of a document that have no vector in the space, in order. */
  chunksWithoutVector(documentId: number, spaceId: string, limit: number): Chunk[];
  countVectors(documentId: number, spaceId: string): number;
  /** The embedding cache: vectors of identical text in the same space, any guild. */
  vectorsByTextHash(spaceId: string, hashes: readonly string[]): Map<string, Float32Array>;
  /** Vectors of chunks that are gone are left out. */
  saveVectors(spaceId: string, vectors: readonly { chunkId: number; vector: Float32Array }[]): void;
  /** Vectors of one document, after a chunk id, in id order. */
  documentVectors(documentId: number, spaceId: string, page: { after: number; limit: number }): ChunkVector[];
  /** Vectors of all ready documents of a guild, after a chunk id, in id order: what the index should hold. */
  guildVectors(guildId: string, spaceId: string, page: { after: number; limit: number }): ChunkVector[];
  /** Chunk ids of all ready documents of a guild that have a vector in the space, after an id, in id order. */
  guildVectorIds(guildId: string, spaceId: string, page: { after: number; limit: number }): number[];
  /** The vectors of these chunks, as far as there are any and their document has not been removed. */
  vectors(spaceId: string, chunkIds: readonly number[]): ChunkVector[];
  /** Ready documents with at least one chunk without a vector in the space, after a document id, in id order. */
  documentsWithoutVectors(spaceId: string, limit: number, after?: number): Document[];
  guildsWithDocuments(): string[];
  /** The highest id that was ever given to a chunk; 0 where none was. */
  lastChunkId(): number;

  /**
   * Has what is not as it was stored made anew from the document's content: its chunks are cut again, and the vectors of
   * these chunks embedded. What is there of it stays in answers meanwhile. Null: no such document.
   */
  remake(documentId: number, chunkIds: readonly number[], now: number): Job | null;
  markReady(documentId: number): void;
  markFailed(documentId: number, failure: Words): void;
  /** Gone from every read at once; the rows go later, with the `purge` job that this queues. Null: no such document. */
  removeDocument(guildId: string, documentId: number, now: number): { document: Document; job: Job } | null;
  /**
   * The opposite, as long as nothing of it is deleted: queued again, with all its passages and vectors, so that nothing is
   * embedded anew. `gone`: it was removed at `removedAfter` or before, or was never there; `busy`: what was
   * reading it when it was removed has not ended yet. The same content that was added again meanwhile is a `duplicate`, and the one that is there.
   */
  bringBack(
    guildId: string,
    documentId: number,
    when: { readonly now: number; readonly removedAfter: number },
    replyTo?: string | null,
  ): { document: Document; job: Job | null; duplicate: boolean } | 'gone' | 'busy';
  /** Chunk ids of a removed document, after an id, in id order, so that the index can forget them. */
  removedChunkIds(documentId: number, limit: number, after?: number): number[];
  /**
   * Deletes these chunks (and the document when none is left, with what jobs said of it), and marks the server's collection
   * as stale.
   */
  purgeChunks(documentId: number, chunkIds: readonly number[]): void;
  /**
   * The next answer, after an id, for which passages of this document were read, and the few that followed it in its
   * channel, which may have gone on with it. To be asked before the passages are deleted.
   */
  answersQuoting(documentId: number, after: number): { id: number; answers: QuotingAnswer[] } | null;
  replaceAnswer(questionId: number, answer: string): void;
  /**
   * One short step of overwriting what removed passages left: their words in the full-text index, and at the end the log of
   * what was written. `busy`: somebody is reading the database, which keeps the log.
   */
  wipe(): 'more' | 'done' | 'busy';
  /** Servers whose collection in the index must be made anew, because removed vectors may still be in its files. */
  staleCollections(): { guildId: string; marks: number }[];
  markCollectionStale(guildId: string): void;
  /** When it was made anew; nothing happens where it was marked again since. */
  clearStaleCollection(guildId: string, marks: number): void;

  /**
   * Passages of ready documents only, in the order of the ids; unknown or removed ids are left out, and so is what the disk
   * has changed.
   */
  passages(guildId: string, chunkIds: readonly number[]): StoredPassage[];
  /**
   * BM25 over the ready documents of a guild, best first; `score` is higher-is-better. `words` as in NewChunk.words,
   * OR-ed, duplicates and words that nearly every passage has already dropped by the caller or here.
   */
  searchWords(guildId: string, words: readonly string[], limit: number): Promise<{ chunkId: number; score: number }[]>;
  /** In how many chunks of the whole store each word occurs, and how many chunks there are. */
  wordFrequencies(words: readonly string[]): { chunks: number; frequencies: Map<string, number> };
}

/** A kept answer, with what tells the words of one document in it from those of the others. */
export interface QuotingAnswer {
  readonly id: number;
  readonly question: string;
  readonly answer: string;
  /** For each number that it cites, from 1 on, whether that is the document's. */
  readonly cited: readonly boolean[];
  /** What the document's passages say that were read for it, titles included. */
  readonly removed: readonly string[];
  readonly others: readonly string[];
}

export interface ChunkVector {
  readonly chunkId: number;
  readonly vector: Float32Array;
}

export type StoredPassage = Omit<Passage, 'score' | 'similarity' | 'bm25'>;

export interface JobStore {
  /** The oldest job that may run at `now`, marked running; reindexing comes last. Null when there is none. */
  takeJob(now: number, kinds?: readonly JobKind[]): Job | null;
  job(id: number): Job | null;
  /** An unfinished job of the same kind for the same document is returned instead of a second one. */
  addJob(kind: JobKind, guildId: string, documentId: number | null, now: number): Job;
  /** The unfinished job of a document, or else its last failed one. */
  documentJob(documentId: number): Job | null;
  updateJob(id: number, change: { step?: JobStep; done?: number; total?: number; replyTo?: string | null }): void;
  finishJob(id: number, now: number): void;
  failJob(id: number, failure: Words, now: number): void;
  /**
   * Back into the queue, not before a time; `countAttempt` false when it was not the job's fault (quota, shutdown).
   * `reason` is why it waits, for people.
   */
  requeueJob(id: number, notBefore: number, countAttempt: boolean, reason?: Words | null): void;
  /** All is well, and the rest of it is to be done then: what it may have waited for before counts no longer. */
  restJob(id: number, until: number): void;
  /** One that is queued may run now: what it waits for is back. */
  hastenJob(id: number, now: number): void;
  /**
   * After a crash: jobs that were running are queued again, those that were interrupted several times in a row without
   * progress after a pause. Also forgets jobs that finished over 30 days before `now`, unless it may not. Returns how many were queued.
   */
  recoverJobs(now?: number, mayForget?: boolean): number;
  /** Removals of which only the rows wait to be deleted are not among them. */
  openJobs(guildId: string | null, limit: number): Job[];
  /** How many of a kind are queued or running. */
  countOpen(kind: JobKind): number;
  /** When the next queued job may run; null when none is queued. */
  nextJobAt(kinds?: readonly JobKind[]): number | null;
}

export interface RecordedQuestion {
  readonly guildId: string;
  /** `CHANNEL/USER` when the answer was for that person alone: the question is counted then, and shown to nobody else. */
  readonly channelId: string;
  readonly userId: string;
  readonly question: string;
  readonly answer: string;
  readonly outcome: 'answered' | 'refused' | 'failed';
  readonly rung: string;
  readonly engine: string;
  readonly chunkIds: readonly number[];
  readonly citedChunkIds: readonly number[];
  readonly durationMs: number;
  readonly askedAt: number;
}

/** No question has this number: votes on it and requests for its passages find nothing. */
export const UNRECORDED = 0;

export interface HistoryStore {
  /** Returns the question's id; `UNRECORDED` when its asker has asked to be forgotten since they asked it. */
  recordQuestion(question: RecordedQuestion): number;
  question(id: number): (RecordedQuestion & { readonly id: number }) | null;
  /** The bot's message that carries the answer, so that replies to it find their conversation. */
  /** The answer with what was written of it later; all that it cites. Nothing where the question is gone. */
  extendAnswer(questionId: number, change: Pick<RecordedQuestion, 'answer' | 'citedChunkIds'>): void;
  linkMessage(questionId: number, messageId: string): void;
  questionByMessage(messageId: string): (RecordedQuestion & { readonly id: number }) | null;
  /** The last exchanges in a channel or thread, oldest first. */
  recentQuestions(channelId: string, limit: number): (RecordedQuestion & { readonly id: number })[];
  /** One vote per person; a second one replaces the first. False when the question is unknown. */
  recordFeedback(questionId: number, userId: string, vote: 'up' | 'down', now: number): boolean;
  feedback(questionId: number): { up: number; down: number };
  summary(
    guildId: string,
    since: number,
  ): { questions: number; answered: number; refused: number; up: number; down: number };
}

export interface QuestionFigures {
  readonly questions: number;
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
  /** Votes given in that time, whenever the question was asked. */
  readonly up: number;
  readonly down: number;
}

export const NO_FIGURES: QuestionFigures = { questions: 0, answered: 0, refused: 0, failed: 0, up: 0, down: 0 };

export function sumOf(one: QuestionFigures, other: QuestionFigures): QuestionFigures {
  return {
    questions: one.questions + other.questions,
    answered: one.answered + other.answered,
    refused: one.refused + other.refused,
    failed: one.failed + other.failed,
    up: one.up + other.up,
    down: one.down + other.down,
  };
}

/** What was asked in all servers, for whoever runs the bot. A day takes a millisecond or two. */
export interface Insights {
  /** From a time (ms since the epoch) until before another. */
  figures(from: number, until: number): QuestionFigures;
  /**
   * Questions without an answer, the same words counted together, the most frequent first; of the newest 1,000. Those
   * that were asked in private, or were dismissed, are not among them. Of one server, where it is named.
   */
  unanswered(since: number, limit: number, guildId?: string): UnansweredQuestion[];
  /** From now on it is listed nowhere, however often it is asked. Once is as good as twice. */
  dismiss(guildId: string, key: string, now: number): void;
  /** Takes that back. */
  bringBack(guildId: string, key: string): void;
  /** How many of those there are. */
  unansweredPrivately(since: number): number;
}

export interface UnansweredQuestion {
  readonly guildId: string;
  /** The question's `questionKey`. */
  readonly key: string;
  /** As it was asked last. */
  readonly question: string;
  readonly times: number;
  readonly lastAskedAt: number;
}

export interface UsageStore {
  /** Adds to the day's figures of a model. Tokens as the vendor reports them, or estimated. */
  recordUsage(usage: UsageRecord): void;
  usageSince(
    since: number,
  ): { model: string; task: string; requests: number; inputTokens: number; outputTokens: number }[];
}

export interface UsageRecord {
  readonly at: number;
  readonly model: string;
  readonly task: 'embed' | 'generate';
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Small values per guild (or `global`), JSON. */
export interface SettingsStore {
  setting(scope: string, key: string): unknown;
  saveSetting(scope: string, key: string, value: unknown): void;
}
