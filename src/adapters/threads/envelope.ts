import { AppError, isAppError, type ErrorCode, type Words } from '../../errors.ts';

/** What crosses the border between threads: structured cloning would strip an AppError of its code and words. */
export type Envelope<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly words: Words;
      readonly retryAfterMs: number | null;
      readonly cause: string | null;
    };

/** Errors of other kinds are defects and cross as they are. */
export function wrapError(error: unknown): Envelope<never> {
  if (!isAppError(error)) throw error;
  const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : null;
  return { ok: false, code: error.code, words: error.words, retryAfterMs: error.retryAfterMs, cause };
}

export function unwrap<T>(envelope: Envelope<T>): T {
  if (envelope.ok) return envelope.value;
  throw new AppError(envelope.code, envelope.words, {
    ...(envelope.cause === null ? {} : { cause: new Error(envelope.cause) }),
    ...(envelope.retryAfterMs === null ? {} : { retryAfterMs: envelope.retryAfterMs }),
  });
}
