import type { Locale, Words } from '../errors.ts';

/** Where vectors are comparable: same model, same number of dimensions, same way of marking the task. */
export interface EmbeddingSpace {
  /** Unique and stable, e.g. `gemini-embedding-001/768/task-type`; stored beside every vector. */
  readonly id: string;
  readonly model: string;
  readonly dimensions: number;
}

export type DocumentState = 'queued' | 'ready' | 'failed';

export interface Document {
  readonly id: number;
  readonly guildId: string;
  readonly title: string;
  /** The file's name, or the title for a text. */
  readonly name: string;
  /** Where a reader finds the original; null when there is no such place. */
  readonly url: string | null;
  /** SHA-256 of the bytes as they were given, hex. */
  readonly contentHash: string;
  readonly sizeBytes: number;
  /** Discord user id, or `cli` / `system`. */
  readonly addedBy: string;
  /** Milliseconds since the epoch. */
  readonly addedAt: number;
  readonly state: DocumentState;
  readonly chunkCount: number;
  /** Why it failed, in words; null otherwise. */
  readonly failure: string | null;
  /** The same in every language it is known in. */
  readonly failureWords?: Words | null;
}

export interface NewDocument {
  readonly guildId: string;
  readonly title: string;
  readonly name: string;
  readonly url: string | null;
  readonly content: Uint8Array;
  readonly addedBy: string;
  /** Opaque JSON that lets whoever asked be told of the progress after a restart. */
  readonly replyTo: string | null;
}

/** One passage as the chunker makes it. */
export interface NewChunk {
  /** Position in the document, from 0, without gaps. */
  readonly ordinal: number;
  /** Titles of the headings above, outermost first. */
  readonly headings: readonly string[];
  readonly text: string;
  /** Estimated model tokens of `text`. */
  readonly tokens: number;
  /** SHA-256 (hex) of what is embedded: title, headings and text. The key of the embedding cache. */
  readonly textHash: string;
  /**
   * The words as the full-text index wants them, lower case, separated by spaces: those of the place (title, headings,
   * file name), which count more, a line feed, and those of the text. Without a line feed all are the text's.
   */
  readonly words: string;
}

export interface Chunk extends NewChunk {
  readonly id: number;
  readonly documentId: number;
}

/** A chunk with what is shown of its document, and how well it fits a question. */
export interface Passage {
  readonly chunkId: number;
  readonly documentId: number;
  readonly title: string;
  readonly url: string | null;
  readonly ordinal: number;
  readonly headings: readonly string[];
  readonly text: string;
  readonly tokens: number;
  /** Fused rank score; higher is better; comparable within one result only. */
  readonly score: number;
  /** Cosine similarity of question and chunk, −1…1; null when vectors did not take part. */
  readonly similarity: number | null;
  /** BM25, higher is better; null when no word matched. */
  readonly bm25: number | null;
}

export type JobKind = 'ingest' | 'purge' | 'reindex';
export type JobState = 'queued' | 'running' | 'done' | 'failed';
export type JobStep = 'waiting' | 'chunking' | 'embedding' | 'indexing' | 'removing' | 'done';

/** A durable piece of work: it survives a crash and goes on at the last committed step. */
export interface Job {
  readonly id: number;
  readonly kind: JobKind;
  readonly guildId: string;
  readonly documentId: number | null;
  readonly state: JobState;
  readonly step: JobStep;
  /** Chunks done of `total` in this step; total 0 while unknown. */
  readonly done: number;
  readonly total: number;
  readonly attempts: number;
  /** Not before this time (ms since the epoch): quota and back-off. */
  readonly notBefore: number;
  /** Why it failed; while it is queued, why it waits (`Gemini is out of quota …`), until it runs well again. */
  readonly failure: string | null;
  /** The same in every language it is known in. */
  readonly failureWords?: Words | null;
  /** How many times in a row the process died while this job ran without progress. */
  readonly interruptions?: number;
  readonly replyTo: string | null;
  readonly createdAt: number;
}

/** One earlier exchange, oldest first. */
export interface Turn {
  readonly role: 'user' | 'model';
  readonly text: string;
}

export interface Source {
  /** The number in the text, as in `[1]`. */
  readonly number: number;
  readonly documentId: number;
  readonly title: string;
  readonly url: string | null;
  readonly headings: readonly string[];
}

/** The ladder of degradation: the whole answer, cited passages (no generation), keyword passages (no vectors). */
export type Rung = 'full' | 'passages' | 'keywords';

export interface Answer {
  /** Of the recorded question; feedback refers to it. */
  readonly questionId: number;
  /** `refused`: nothing relevant was found, `nearest` names the closest documents. */
  readonly outcome: 'answered' | 'refused';
  readonly rung: Rung;
  /** Why the rung is not `full`, in the asker's language, for the small line; null on the top rung. */
  readonly notice: string | null;
  /** Markdown with `[n]` citations, every one of which is in `sources`. */
  readonly text: string;
  readonly sources: readonly Source[];
  readonly nearest: readonly Pick<Source, 'documentId' | 'title' | 'url' | 'headings'>[];
  /** The passages that were read, best first. */
  readonly passages: readonly Passage[];
  readonly language: Locale;
  /** The generator that wrote it, e.g. `gemini-3.6-flash`, `offline`. */
  readonly engine: string;
  /** How many documents the guild has, as they are counted everywhere: those being read, too, and none that was removed. */
  readonly documentCount: number;
  readonly durationMs: number;
  /** Its length so far, where it was cut and can be gone on with: `GoOnRequest.length`. */
  readonly continuesAt?: number | null;
}
