import {
  ChromaClientError,
  ChromaConnectionError,
  ChromaForbiddenError,
  ChromaNotFoundError,
  ChromaQuotaExceededError,
  ChromaRateLimitError,
  ChromaServerError,
  ChromaUnauthorizedError,
  ChromaUniqueError,
} from 'chromadb';
import { AppError } from '../../errors.ts';

export interface CallSignals {
  readonly caller: AbortSignal | undefined;
  readonly timeout: AbortSignal;
}

/** Chroma's errors in our terms. Its client hides an aborted request behind a connection error: the signals tell. */
export function translate(cause: unknown, { caller, timeout }: CallSignals): AppError {
  if (cause instanceof AppError) return cause;
  if (caller?.aborted === true) return new AppError('aborted', 'The request to Chroma was cancelled.', { cause });
  if (timeout.aborted) return new AppError('unavailable', 'Chroma did not answer in time.', { cause });
  const said = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof ChromaNotFoundError) return new AppError('not_found', 'The collection is not there.', { cause });
  if (cause instanceof ChromaConnectionError)
    return new AppError('unavailable', 'Chroma cannot be reached.', { cause });
  if (cause instanceof ChromaUnauthorizedError || cause instanceof ChromaForbiddenError)
    return new AppError('config', 'Chroma refused us. Check CHROMA_API_KEY, CHROMA_TENANT and CHROMA_DATABASE.', {
      cause,
    });
  if (cause instanceof ChromaQuotaExceededError || cause instanceof ChromaRateLimitError)
    return new AppError('unavailable', `Chroma's quota is used up: ${said}`, { cause });
  if (cause instanceof ChromaUniqueError)
    return new AppError('conflict', 'The collection is there already.', { cause });
  if (cause instanceof ChromaClientError)
    return new AppError('invalid', `Chroma refused the request: ${said}`, { cause });
  if (cause instanceof ChromaServerError && !isPassing(said))
    return new AppError('damaged', `Chroma cannot read or write its index: ${said}`, { cause });
  if (cause instanceof ChromaServerError)
    return new AppError('unavailable', `Chroma cannot work now: ${said}`, { cause });
  return new AppError('unavailable', `Chroma gave an answer that makes no sense: ${said}`, { cause });
}

/** A gateway's errors, and troubles that dropping and rebuilding a collection would not cure. */
function isPassing(said: string): boolean {
  return /^50[234]\b|bad gateway|service unavailable|time-?out|timed out|disk is full|no space|database is locked|too many open files|read-?only/i.test(
    said,
  );
}
