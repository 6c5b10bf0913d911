import type { Locale } from '../errors.ts';
import type { ReplyKind } from './request.ts';

/** Where the progress of a job is told; kept with the job as JSON, so that it outlives a restart. */
export interface ReplyAddress {
  readonly applicationId: string;
  readonly token: string;
  readonly channelId: string;
  /** Null where only the interaction's token leads to the message: replies that one person sees. */
  readonly messageId: string | null;
  /** Until then, ms since the epoch, the token is good. */
  readonly expiresAt: number;
  readonly locale: Locale;
  /** Who waits for it; null in what older versions kept. */
  readonly userId: string | null;
  /** True where what was removed comes back, which is said otherwise than that something new is learned. */
  readonly isReturn?: boolean;
}

/** A little under Discord's 15 minutes, so that an edit on its way arrives in time. */
export const TOKEN_LIFE_MS = 14.5 * 60_000;

/** Where only a token leads to the reply, it may be one person's. */
export const replyKindOf = ({ messageId }: ReplyAddress): ReplyKind => (messageId === null ? 'private' : 'public');

/** The reply to somebody who brought a document back. @param replyTo a request's, as JSON */
export const returning = (replyTo: string): string => JSON.stringify({ ...parseReplyAddress(replyTo), isReturn: true });

/** Null for anything that is not an address: other places store other things with their jobs. */
export function parseReplyAddress(json: string | null): ReplyAddress | null {
  if (json === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null; // not ours
  }
  return isAddress(value) ? { ...value, userId: value.userId ?? null } : null;
}

function isAddress(value: unknown): value is Omit<ReplyAddress, 'userId'> & { readonly userId?: string | null } {
  if (typeof value !== 'object' || value === null) return false;
  const { applicationId, token, channelId, messageId, expiresAt, locale, userId, isReturn } = value as Record<
    string,
    unknown
  >;
  return (
    typeof applicationId === 'string' &&
    typeof token === 'string' &&
    typeof channelId === 'string' &&
    (messageId === null || typeof messageId === 'string') &&
    typeof expiresAt === 'number' &&
    (locale === 'en' || locale === 'ja') &&
    (userId === undefined || userId === null || typeof userId === 'string') &&
    (isReturn === undefined || typeof isReturn === 'boolean')
  );
}
