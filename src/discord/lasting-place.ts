import type { Clock } from '../knowledge/ports.ts';
import { ReplyExpired } from './failures.ts';
import type { Outbox, Place } from './outbox.ts';
import type { ReplyAddress } from './reply-address.ts';
import type { ReplyKind, View } from './request.ts';
import { cut, MESSAGE_LIMIT } from './writing.ts';

/**
 * A reply for work of any length. The interaction's token leads to it at first; when that has expired, a reply that
 * everybody sees is changed as a message of the channel, and one for a single person cannot be changed any more.
 */
export function lastingPlace(
  { outbox, clock }: { readonly outbox: Outbox; readonly clock: Clock },
  address: ReplyAddress,
  kind: ReplyKind,
): Place {
  const { channelId, messageId, userId } = address;
  const byToken = outbox.interactionReply(address, kind, messageId);
  const isOver = () => clock() >= address.expiresAt;
  const name = (view: View): View =>
    userId === null ? view : { ...view, content: cut(`<@${userId}> ${view.content}`, MESSAGE_LIMIT) };
  async function edit(view: View): Promise<string> {
    if (!isOver()) return byToken.edit(view);
    if (messageId === null) throw new ReplyExpired();
    return outbox.channelMessage(channelId, messageId).edit(view);
  }
  return {
    messageId: kind === 'public' ? messageId : null,
    isPrivate: kind !== 'public' && messageId === null,
    edit,
    send: (view) => (isOver() ? outbox.say(channelId, name(view)) : byToken.send(view)),
    withdraw: (view) => (kind === 'public' && !isOver() ? byToken.withdraw(view) : edit(view)),
    instead: (view) => outbox.say(channelId, name(view)),
  };
}
