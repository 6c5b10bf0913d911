import type { Reply, View } from './request.ts';
import { isGone, ReplyExpired } from './failures.ts';
import type { Place } from './outbox.ts';
import { persistently } from './persistence.ts';

/** A reply that changes in place while its work goes on. */
export interface LiveReply {
  /** Shows a state on the way: at most one edit per interval, the newest state wins. */
  readonly show: (view: View) => void;
  /** Delivers the last state, after all others, and its further messages, if need be in a new message; or nothing, when it is gone. */
  finish(reply: Reply): Promise<void>;
  /** Ends with words for the person alone: of a reply that others see, nothing is left. */
  refuse(view: View): Promise<void>;
  /** Aborted when the message was deleted or can no longer be edited. */
  readonly gone: AbortSignal;
}

/** `onTrouble` hears of states that could not be shown; the work goes on, since the next one may arrive. */
export function createLiveReply(place: Place, intervalMs: number, onTrouble: (error: unknown) => void): LiveReply {
  const gone = new AbortController();
  let newest: View | null = null;
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<void> | null = null;
  let finished = false;

  async function send(view: View): Promise<void> {
    try {
      await place.edit(view);
    } catch (error) {
      if (isGone(error)) gone.abort();
      else if (!(error instanceof ReplyExpired)) onTrouble(error);
    }
  }

  /** The end must arrive: Discord's troubles pass, and where the reply cannot be changed there is still the channel. */
  async function deliver(reply: Reply): Promise<string> {
    try {
      return await persistently(() => place.edit(reply), intervalMs);
    } catch (error) {
      const view = place.isPrivate ? reply.late : reply;
      if (isGone(error) || view === undefined) throw error;
      onTrouble(error);
      return persistently(() => place.instead(view), intervalMs);
    }
  }

  function pump(): void {
    timer = null;
    if (newest === null || finished || gone.signal.aborted) return;
    const view = newest;
    newest = null;
    sending = send(view).finally(() => {
      sending = null;
      if (!finished) timer = setTimeout(pump, intervalMs);
    });
  }

  /** After all states; what nobody is there to read is no failure. */
  async function end(tell: () => Promise<void>): Promise<void> {
    finished = true;
    if (timer !== null) clearTimeout(timer);
    await sending;
    if (gone.signal.aborted) return;
    try {
      await tell();
    } catch (error) {
      if (!isGone(error)) throw error;
      gone.abort();
    }
  }

  return {
    gone: gone.signal,
    show(view) {
      newest = view;
      if (timer === null && sending === null) pump();
    },
    finish: (reply) =>
      end(async () => {
        // Somebody may answer what they read before we hear that it was delivered.
        if (place.messageId !== null) reply.shownIn?.(place.messageId);
        const messageId = await deliver(reply);
        if (place.messageId !== messageId) reply.shownIn?.(messageId);
        for (const view of reply.more ?? []) {
          const furtherId = await persistently(() => place.send(view), intervalMs);
          reply.shownIn?.(furtherId);
        }
        reply.sent?.();
      }),
    refuse: (view) =>
      end(async () => {
        if (place.isPrivate) await deliver({ ...view, late: view });
        else await persistently(() => place.withdraw(view), intervalMs);
      }),
  };
}
