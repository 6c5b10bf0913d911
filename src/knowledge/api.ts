import type { Locale } from '../errors.ts';
import type { Answer, Chunk, Document, Job, Passage, Turn } from './model.ts';

/** What people do with knowledge, whichever way they come in: Discord, shell, HTTP. Made by `createLibrary`. */
export interface Library {
  /**
   * Stores a text durably and queues its indexing; acknowledged means committed.
   * @throws AppError `invalid`: empty, binary or undecodable content, too long a title; `limit`: more than 10 MB
   */
  add(request: AddRequest): { document: Document; job: Job | null; duplicate: boolean };
  list(guildId: string, page: { offset: number; limit: number }): { items: Document[]; total: number };
  /** @throws AppError `not_found` */
  show(guildId: string, documentId: number): { document: Document; firstChunks: Chunk[]; job: Job | null };
  suggest(guildId: string, text: string): Document[];
  /** Passages with scores, without generation. @throws AppError `invalid` for an empty query */
  search(guildId: string, query: string, limit: number, signal?: AbortSignal): Promise<SearchResult>;
  /** Gone from answers when this returns; for 15 minutes it can be brought back. @throws AppError `not_found` */
  remove(guildId: string, documentId: number): Document;
  /**
   * Undoes a removal, also after a restart: committed when this returns, and in answers when its job is done.
   * @throws AppError `not_found`: too late, or not removed; `busy`: in a moment
   */
  bringBack(
    guildId: string,
    documentId: number,
    replyTo?: string | null,
  ): { document: Document; job: Job | null; duplicate: boolean };
  status(guildId: string): LibraryStatus;
  job(jobId: number): Job | null;
  /** Calls back with each committed change of a job, and a last time when it is done or failed. Returns the way to stop. */
  watchJob(jobId: number, onChange: (job: Job) => void): () => void;
  /** Jobs that were under way when the process last stopped, so that their progress can be shown again. */
  openJobs(): Job[];
}

export interface AddRequest {
  readonly guildId: string;
  /** Without one, the text's own: its front matter's or heading, else what its name says. */
  readonly title?: string | null;
  /** The file's, with its path where it has one; empty for a text that is no file. */
  readonly name: string;
  readonly url?: string | null;
  readonly content: Uint8Array;
  readonly addedBy: string;
  readonly replyTo?: string | null;
}

export interface SearchResult {
  readonly passages: readonly Passage[];
  /** False when the vectors did not take part; `notice` says why. */
  readonly vectors: boolean;
  readonly notice: Readonly<Record<Locale, string>> | null;
}

export interface LibraryStatus {
  readonly documents: number;
  readonly ready: number;
  readonly failed: number;
  readonly chunks: number;
  readonly openJobs: readonly Job[];
  readonly space: string;
  readonly engine: string;
}

/** Made by `createAnswers`. */
export interface Answers {
  /**
   * Answers with sources, reporting on the way. The last event is always `final`, unless it throws.
   * @throws AppError `invalid`: empty or too long; `aborted`; `unavailable`: not even keyword passages could be had
   */
  ask(request: AskRequest): AsyncIterable<AnswerEvent>;
  /**
   * Goes on with an answer that was cut, reporting like `ask`; the answer of `final` is what came after the cut.
   * @throws AppError what `checkGoOn` throws; `not_found`: there is nothing to add; what a `Generator` throws; `aborted`
   */
  goOn(request: GoOnRequest): AsyncIterable<AnswerEvent>;
  /**
   * @throws AppError `not_found`: forgotten, or what it was made of has changed; `forbidden`: somebody else asked;
   *   `conflict`: it went on already
   */
  checkGoOn(request: GoOnRequest): void;
  /** The conversation so far behind a bot message, oldest first; empty when there is none. */
  conversationBehind(messageId: string): Turn[];
  conversationIn(channelId: string): Turn[];
  linkMessage(questionId: number, messageId: string): void;
  /** False when the question is unknown, or of another guild. */
  vote(guildId: string, questionId: number, userId: string, vote: 'up' | 'down'): boolean;
  /** The passages that an answer was made of, as far as they are there; null when the question is unknown or of another guild. */
  passagesOf(
    guildId: string,
    questionId: number,
  ): { readonly question: string; readonly passages: readonly Passage[]; readonly removed: number } | null;
}

export interface AskRequest {
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
  readonly question: string;
  /** The asker's language: used where the question's own cannot be told. */
  readonly locale: Locale;
  readonly conversation: readonly Turn[];
  readonly signal?: AbortSignal;
}

export interface GoOnRequest {
  readonly guildId: string;
  readonly userId: string;
  readonly questionId: number;
  /** How long the answer was when it was cut: later it is another one. */
  readonly length: number;
  readonly locale: Locale;
  readonly signal?: AbortSignal;
}

export type AnswerEvent =
  | { readonly kind: 'searching' }
  | { readonly kind: 'reading'; readonly passages: number }
  /** The whole text so far, citations not yet checked. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'final'; readonly answer: Answer };

/** Made by `createRetriever`. */
export interface Retriever {
  /**
   * The passages that fit a question best, by vectors and words together, at most `limit`, best first.
   * None where nothing shares a word with it or is near: that a vector has neighbours says nothing.
   * When the vectors cannot take part (no embedding, Chroma down), words alone answer and `notice` says so.
   */
  retrieve(guildId: string, question: string, limit: number, signal?: AbortSignal): Promise<Retrieved>;
}

export interface Retrieved extends SearchResult {
  /** False when nothing found is evidence that the question is covered: the answer is then a refusal. */
  readonly relevant: boolean;
}
