import { AppError } from '../../errors.ts';
import { translateError } from './errors.ts';
import type { GeminiOptions } from './options.ts';
import { words } from './words.ts';

/** One request under a time limit of its own. The SDK's own time-out is not used: its timer outlives the request. */
export interface Attempt {
  readonly signal: AbortSignal;
  /** Starts the time limit again: something has arrived. */
  alive(): void;
  /** What to throw for an error of this attempt. */
  explain(error: unknown): unknown;
  /** Stops the timer and a request that is still under way. */
  end(): void;
}

/** @param sent what people wrote, which no error is to repeat */
export function startAttempt(
  options: Pick<GeminiOptions, 'apiKey' | 'timeoutMs' | 'clock'>,
  outer?: AbortSignal,
  sent: readonly string[] = [],
): Attempt {
  throwIfAborted(outer);
  const own = new AbortController();
  let late = false;
  const expire = (): void => {
    late = true;
    own.abort();
  };
  let timer = setTimeout(expire, options.timeoutMs);
  return {
    signal: outer === undefined ? own.signal : AbortSignal.any([outer, own.signal]),
    alive() {
      clearTimeout(timer);
      timer = setTimeout(expire, options.timeoutMs);
    },
    explain(error) {
      if (outer?.aborted === true) return aborted(outer.reason);
      if (late) return new AppError('unavailable', words.slow, { cause: error });
      return translateError(error, { apiKey: options.apiKey, now: options.clock(), sent });
    },
    end() {
      clearTimeout(timer);
      own.abort();
    },
  };
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal.reason);
}

export function aborted(cause: unknown): AppError {
  return new AppError('aborted', words.aborted, { cause });
}
