import {
  GoogleGenerativeAIAbortError,
  GoogleGenerativeAIError,
  GoogleGenerativeAIFetchError,
} from '@google/generative-ai';
import { AppError, isAppError } from '../../errors.ts';
import { withoutEcho } from './echo.ts';
import { googleSays } from './google-says.ts';
import { nextPacificMidnight, readQuota } from './quota.ts';
import { dayQuota, failedInside, minuteQuota, refusedRequest, words } from './words.ts';

/** Google leaves RetryInfo out at times; its minute quotas slide, so a part of a minute is worth waiting. */
const UNSTATED_DELAY_MS = 15_000;

interface Context {
  readonly apiKey: string;
  readonly now: number;
  /** What people wrote and was sent: nobody else is to read it in an error. */
  readonly sent: readonly string[];
}

/**
 * What the SDK, the network or a parser threw, as an AppError. `not_found` means that the model is not there; it never
 * leaves this folder.
 */
export function translateError(error: unknown, context: Context): unknown {
  if (isAppError(error)) return error;
  const cause = presentable(error, context);
  if (error instanceof GoogleGenerativeAIFetchError) return translateStatus(error, cause, context.now);
  if (error instanceof SyntaxError) return new AppError('unavailable', words.garbled, { cause });
  if (error instanceof GoogleGenerativeAIAbortError) return new AppError('unavailable', words.cut, { cause });
  if (error instanceof GoogleGenerativeAIError) {
    const garbled = /pars/i.test(error.message);
    return new AppError('unavailable', garbled ? words.garbled : words.down, { cause });
  }
  if (isNetworkError(error)) return new AppError('unavailable', words.down, { cause });
  return error;
}

/** The request's time was up at a proxy, was cancelled there, or was up at Google. */
const TOO_SLOW = new Set([408, 499, 504]);

function translateStatus(error: GoogleGenerativeAIFetchError, cause: unknown, now: number): AppError {
  const { status = 0 } = error;
  // What a question says of keys, places or models is no reason of Google's.
  const { message } = cause instanceof Error ? cause : error;
  if (status === 429) return quotaError(error, cause, now);
  if (/API_KEY|API key/i.test(message) || status === 401) return new AppError('config', words.key, { cause });
  if (status === 400 && /location/i.test(message)) return new AppError('config', words.place, { cause });
  if (status === 403) return new AppError('config', words.key, { cause });
  if (status === 404) return new AppError('not_found', words.down, { cause });
  if (TOO_SLOW.has(status)) return new AppError('unavailable', words.slow, { cause });
  if (status >= 400 && status < 500) {
    return new AppError('invalid', refusedRequest(googleSays(message)), { cause });
  }
  if (status === 503) return new AppError('unavailable', words.overloaded, { cause });
  const said = status >= 500 ? failedInside(status) : words.down;
  return new AppError('unavailable', said, { cause });
}

function quotaError(error: GoogleGenerativeAIFetchError, cause: unknown, now: number): AppError {
  const { perDay, retryAfterMs } = readQuota(error.errorDetails);
  if (perDay) {
    const untilMidnight = nextPacificMidnight(now) - now;
    return new AppError('limit', dayQuota(untilMidnight), { cause, retryAfterMs: untilMidnight });
  }
  const delay = retryAfterMs ?? UNSTATED_DELAY_MS;
  return new AppError('limit', minuteQuota(delay), { cause, retryAfterMs: delay });
}

/** undici reports a connection that broke while a body was read as a TypeError with the socket's error as cause. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError && (error.cause instanceof Error || /terminated|fetch failed/.test(error.message));
}

/** Google repeats a suspended key in its message, and other servers what they were sent; the cause goes to the log. */
function presentable(error: unknown, { apiKey, sent }: Context): unknown {
  if (!(error instanceof Error)) return error;
  const message = withoutEcho(error.message.replaceAll(apiKey, '[key]'), sent);
  if (message === error.message && error.stack?.includes(apiKey) !== true) return error;
  const clean = new Error(message);
  clean.name = error.name;
  return clean;
}
