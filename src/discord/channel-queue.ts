import PQueue from 'p-queue';

/** Answers are what people wait for; a notice only says that somebody will get none. */
export type Urgency = 'answer' | 'notice';

const PRIORITY: Readonly<Record<Urgency, number>> = { answer: 1, notice: 0 };

/**
 * New messages of a channel, one at a time, as Discord counts them by channel and takes five in five seconds: what waits
 * for that waits here, where an answer can go before the notices that came earlier.
 */
export function createChannelQueue() {
  const queues = new Map<string, PQueue>();
  return async function inTurn<Result>(
    channelId: string,
    urgency: Urgency,
    send: () => Promise<Result>,
  ): Promise<Result> {
    const queue = queues.get(channelId) ?? new PQueue({ concurrency: 1 });
    queues.set(channelId, queue);
    try {
      return await queue.add(send, { priority: PRIORITY[urgency] });
    } finally {
      if (queue.size === 0 && queue.pending === 0) queues.delete(channelId);
    }
  };
}
