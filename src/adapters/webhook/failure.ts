import { AppError } from '../../errors.ts';

const UNSTATED_MS = 30_000;

/** What a status that is no success means for whoever has to put it right. */
export function refusal(
  label: string,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  now: number,
): AppError {
  if (status === 429) {
    const retryAfterMs = retryAfter(headers.get('retry-after'), now) ?? UNSTATED_MS;
    return new AppError('limit', `The ${label} takes no more messages for a while.`, { retryAfterMs });
  }
  if (status >= 500 || status === 408) {
    const retryAfterMs = retryAfter(headers.get('retry-after'), now);
    const words = `The ${label} has trouble of its own (HTTP ${status}).`;
    return new AppError('unavailable', words, retryAfterMs === null ? {} : { retryAfterMs });
  }
  if (status === 401 || status === 403) {
    return new AppError('forbidden', `The ${label} does not let us in (HTTP ${status}). Check ALERT_WEBHOOK_URL.`);
  }
  if (status === 404 || status === 410) {
    return new AppError(
      'not_found',
      `The ${label} is not there any more. Make a new one and change ALERT_WEBHOOK_URL.`,
    );
  }
  if (status >= 300 && status < 400) {
    return new AppError(
      'config',
      `The ${label} points elsewhere (HTTP ${status}). Put its real address in ALERT_WEBHOOK_URL.`,
    );
  }
  return new AppError(
    'invalid',
    `The ${label} refused the message (HTTP ${status}). Check that ALERT_WEBHOOK_KIND is what it expects.`,
  );
}

/** Seconds or a date (RFC 9110); milliseconds from now. Null where it says neither. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds * 1000));
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
