import { AppError } from '../../errors.ts';

/** A sink that does not heed the signal is left to itself. @throws AppError `unavailable` once the time is up */
export async function withinSignal(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new AppError('unavailable', 'The other side did not answer in time.'));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
