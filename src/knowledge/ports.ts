import { AppError, type Locale } from '../errors.ts';
import type { EmbeddingSpace, NewChunk, Passage, Turn } from './model.ts';

export type { KnowledgeStore, HistoryStore, UsageRecord, UsageStore, SettingsStore, JobStore } from './store-ports.ts';

/** A text to be stored in the index: the title and headings give it its place. */
export interface EmbeddableText {
  readonly title: string;
  readonly text: string;
}

/**
 * Turns texts into vectors. All vectors are L2-normalised and have `space.dimensions` numbers, so that the dot product
 * is the cosine similarity.
 * @throws AppError `limit` (quota; `retryAfterMs` set), `unavailable` (network, 5xx, time-out), `invalid` (refused
 *   text), `config` (key or model wrong), `aborted`
 */
export interface Embedder {
  readonly space: EmbeddingSpace;
  readonly relevance: Relevance;
  /**
   * How many of these texts, from the first on, go into one request; at least one. Only where requests are counted: then
   * those of several documents share one.
   */
  readonly room?: (texts: readonly EmbeddableText[]) => number;
  /** One vector per text, in order. Any number of texts: the adapter cuts them into batches. */
  embedDocuments(texts: readonly EmbeddableText[], signal?: AbortSignal): Promise<Float32Array[]>;
  embedQuery(question: string, signal?: AbortSignal): Promise<Float32Array>;
}

/** What is known, by measurement, of a space's similarities. They belong to the space, not to the retriever. */
export interface Relevance {
  /** Weight of the vectors' ranking in the fusion, BM25's being 1. */
  readonly vectorWeight: number;
  /** Cosine similarity under which a neighbour alone is no evidence that the question is covered. */
  readonly similarityFloor: number;
  /** Cosine similarity that unrelated texts have; 0.8 of the floor where it was not measured. */
  readonly unrelatedSimilarity?: number;
}

export interface NumberedPassage {
  readonly number: number;
  readonly passage: Passage;
}

export interface GenerationRequest {
  /** The system instruction, rendered by the domain. */
  readonly instructions: string;
  /** The user turn, rendered by the domain: question and passages, marked as data. */
  readonly prompt: string;
  readonly conversation: readonly Turn[];
  /** The same as in `prompt`, structured, for engines that do not read prompts. */
  readonly question: string;
  readonly passages: readonly NumberedPassage[];
  readonly language: Locale;
  readonly maxOutputTokens: number;
  /** The answer's beginning stands in `conversation`: an engine that does not read that has nothing to add. */
  readonly goesOn?: boolean;
  /** Told which model has the answer in hand, and again when another takes it over: several may be under way at once. */
  readonly onEngine?: (name: string) => void;
}

/**
 * Writes an answer. Yields pieces of text in order; what was yielded before an error stays valid text.
 * @throws AppError `limit` (`retryAfterMs` set), `unavailable`, `blocked` (safety filter), `config`, `aborted`;
 *   LengthReached
 */
export interface Generator {
  /** For people: `gemini-3.6-flash`, `offline`. With fallbacks, which one wrote last: read anew each time. */
  readonly name: string;
  generate(request: GenerationRequest, signal?: AbortSignal): AsyncIterable<string>;
}

/** `maxOutputTokens` are used up: what was yielded is the beginning of an answer, and may end within a word. */
export class LengthReached extends AppError {
  constructor() {
    super('limit', {
      en: 'The answer became too long and was cut.',
      ja: '回答が長さの上限に達したため、途中で区切られました。',
    });
    this.name = 'LengthReached';
  }
}

/** One collection per guild and embedding space: isolation is structural. */
export interface CollectionKey {
  readonly guildId: string;
  readonly space: EmbeddingSpace;
  /** The collection that is being made to take the place of the one of this guild and space. `collections` has none of them. */
  readonly isSuccessor?: true;
}

export interface VectorRecord {
  /** The chunk's id in SQLite. */
  readonly id: number;
  readonly vector: Float32Array;
}

export interface Neighbour {
  readonly id: number;
  /** Cosine similarity, −1…1. */
  readonly similarity: number;
}

/**
 * Nearest neighbours over chunks: an index derived from SQLite, never the only place of anything.
 * Writes to a collection that does not exist create it; reads of one find nothing.
 * @throws AppError `unavailable` (the server is down or restarting), `damaged` (the collection cannot be read),
 *   `invalid` (a vector of other dimensions), `aborted`
 */
export interface VectorIndex {
  /** Any number of records; the adapter cuts them into batches. Returns when the server has acknowledged them all. */
  upsert(key: CollectionKey, records: readonly VectorRecord[], signal?: AbortSignal): Promise<void>;
  /** Ids that are not there are ignored. */
  remove(key: CollectionKey, ids: readonly number[]): Promise<void>;
  /** Best first, at most `limit`. */
  nearest(key: CollectionKey, vector: Float32Array, limit: number, signal?: AbortSignal): Promise<Neighbour[]>;
  count(key: CollectionKey): Promise<number>;
  /** Every id, in pages, in no order. */
  ids(key: CollectionKey): AsyncIterable<readonly number[]>;
  /** Removes the collection whole; nothing happens where there is none. */
  drop(key: CollectionKey): Promise<void>;
  /**
   * The collections that are ours, to find those whose guild or space is gone. `id` is another one when a collection was
   * deleted and made again.
   */
  collections(): Promise<readonly { readonly guildId: string; readonly spaceId: string; readonly id: string }[]>;
  /** The successor takes the collection's place; searches go on meanwhile, and no write may be under way. */
  succeed(key: CollectionKey): Promise<void>;
  /** Finishes what a crash left of `succeed`, and removes successors that were not finished. */
  settle(): Promise<void>;
}

/** A stretch of a document as its markup divides it: what the chunker puts together or cuts. */
export interface Block {
  readonly kind: 'paragraph' | 'list' | 'table' | 'code' | 'quote' | 'html';
  /** Headings above it, outermost first; the same array for all blocks of one section. */
  readonly headings: readonly string[];
  /** As it stands in the source, without the blank lines around it. */
  readonly text: string;
  /** Offsets in `text` where an item begins and a cut does no harm, ascending; empty when none are known. */
  readonly breaks: readonly number[];
}

export interface ChunkRequest {
  readonly title: string;
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * Cuts a document into chunks, off the main thread.
 * @throws AppError `invalid` when the bytes are no text, with words that say so
 */
export interface Chunker {
  chunk(request: ChunkRequest, signal?: AbortSignal): Promise<NewChunk[]>;
}

/** Milliseconds since the epoch; injected so that tests own time. */
export type Clock = () => number;
