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

/** True for errors of the way to Discord, as against errors of ours. */
export function isDiscordTrouble(error: unknown): boolean {
  return error instanceof DiscordAPIError || error instanceof HTTPError || error instanceof RateLimitError;
}
