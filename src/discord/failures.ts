import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { RESTJSONErrorCodes } from 'discord-api-types/v10';

// Nobody is there to read: the message, its channel, the token or our place in the guild is gone, or it was answered.
const GONE: ReadonlySet<number | string> = new Set([
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownGuild,
  RESTJSONErrorCodes.UnknownMessage,
  RESTJSONErrorCodes.UnknownWebhook,
  RESTJSONErrorCodes.UnknownInteraction,
  RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged,
  RESTJSONErrorCodes.InvalidWebhookToken,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.CannotReplyWithoutPermissionToReadMessageHistory,
]);

/** True when Discord says that what we answer is not there (any more): no failure of ours. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof DiscordAPIError)) return false;
  return (
    GONE.has(error.code) || (error.code === RESTJSONErrorCodes.InvalidFormBodyOrContentType && refersToNothing(error))
  );
}

/** The message that we reply to was deleted meanwhile: a form error that names the reference. */
function refersToNothing({ rawError }: DiscordAPIError): boolean {
  return 'errors' in rawError && typeof rawError.errors === 'object' && 'message_reference' in rawError.errors;
}

/** A reply for one person whose token is too old: Discord would not take it any more. */
export class ReplyExpired extends Error {
  constructor() {
    super('The reply can no longer be changed: its token is older than 15 minutes.');
    this.name = 'ReplyExpired';
  }
}

/** True for what may go well a moment later: Discord's own errors, and a connection that failed. */
export function isPassing(error: unknown): boolean {
  if (error instanceof HTTPError || error instanceof DiscordAPIError) return error.status >= 500;
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : error.cause instanceof Error && 'code' in error.cause && error.cause.code;
  return error.name === 'AbortError' || (typeof code === 'string' && /^(E[A-Z]+|UND_ERR_\w+)$/.test(code));
}

/** True for errors of the way to Discord, as against errors of ours. */
export function isDiscordTrouble(error: unknown): boolean {
  return error instanceof DiscordAPIError || error instanceof HTTPError || error instanceof RateLimitError;
}
