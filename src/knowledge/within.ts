import { AppError } from '../errors.ts';

/**
 * Runs `work` for at most `timeoutMs`; its signal fires then, and when the caller's does. Comes back at once in both
 * cases, even if `work` does not obey its signal.
 * @throws AppError `aborted` when the caller cancelled, `unavailable` when the time is over, else what `work` throws
 */
export async function within<Result>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  throwIfAborted(signal);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(tooSlow(timeoutMs)), timeoutMs);
  const cancel = (): void => stop.abort(cancelled(signal));
  signal?.addEventListener('abort', cancel, { once: true });
  const stopped = new Promise<never>((_resolve, reject) => {
    stop.signal.addEventListener('abort', () => reject(reasonOf(stop.signal)), { once: true });
  });
  try {
    return await Promise.race([work(stop.signal), stopped]);
  } catch (error) {
    // An adapter reports every signal as the caller's; only here it is known whose it was.
    throw stop.signal.aborted ? reasonOf(stop.signal) : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal);
}

function cancelled(signal: AbortSignal | undefined): AppError {
  return new AppError(
    'aborted',
    { en: 'The search was cancelled.', ja: '検索は取り消されました。' },
    { cause: signal?.reason },
  );
}

function tooSlow(timeoutMs: number): AppError {
  const seconds = Math.round(timeoutMs / 100) / 10;
  return new AppError('unavailable', {
    en: `There was no reply within ${seconds} s.`,
    ja: `${seconds}秒以内に応答がありませんでした。`,
  });
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new AppError('internal', 'The search stopped.', { cause: reason });
}
