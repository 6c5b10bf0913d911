/** What went wrong, in the few kinds that callers treat differently. */
export type ErrorCode =
  | 'invalid' // the request itself is wrong; the message says how to put it right
  | 'not_found'
  | 'forbidden'
  | 'conflict' // it is there already, or changed meanwhile
  | 'busy' // something else is under way; try again later
  | 'limit' // a quota or rate limit; `retryAfterMs` says when to try again
  | 'unavailable' // a part is down: network, Chroma, Gemini
  | 'blocked' // a vendor's safety filter refused
  | 'damaged' // stored data is not what it should be
  | 'config' // the operator's settings are wrong
  | 'aborted' // the caller cancelled
  | 'internal'; // a defect of ours

export type Locale = 'en' | 'ja';

/** A text for people, in one language for operators or in both for members. */
export type Words = string | Readonly<Record<Locale, string>>;

export function wordsIn(locale: Locale, words: Words): string {
  return typeof words === 'string' ? words : words[locale];
}

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Milliseconds after which trying again makes sense. */
  readonly retryAfterMs?: number;
}

/** An error whose message people can act on. Vendors' errors become one of these once, in their adapter. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly words: Words;
  readonly retryAfterMs: number | null;

  constructor(code: ErrorCode, words: Words, options: AppErrorOptions = {}) {
    super(wordsIn('en', words), { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.words = words;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
