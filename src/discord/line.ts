import { AppError } from '../errors.ts';

/** The line in which questions wait when many are asked at once: first come, first served, and not without end. */
export function createLine(limits: { readonly atOnce: number; readonly waiting: number }) {
  const queue: (() => void)[] = [];
  let running = 0;
  /** Places given to people who are being acknowledged and have not joined yet. */
  let reserved = 0;

  function leave(): void {
    const next = queue.shift();
    // The place goes from hand to hand, so that nobody slips in between.
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    /**
     * Holds a place, so that a full line is known before anything is promised.
     * @throws AppError `busy`
     */
    reserve(): { join(onWait: (place: number) => void, signal: AbortSignal): Promise<() => void>; cancel(): void } {
      if (running + queue.length + reserved >= limits.atOnce + limits.waiting) {
        throw new AppError('busy', {
          en: 'Very many questions are being asked at the moment, and the line is full. Please ask again in a minute.',
          ja: 'ただいま質問が大変混み合っています。1 分ほど待ってから、もう一度お尋ねください。',
        });
      }
      reserved += 1;
      return {
        async join(onWait, signal) {
          reserved -= 1;
          signal.throwIfAborted();
          if (running >= limits.atOnce) {
            const turn = Promise.withResolvers<void>();
            queue.push(turn.resolve);
            onWait(queue.length);
            const giveUp = () => {
              const place = queue.indexOf(turn.resolve);
              if (place === -1) return;
              queue.splice(place, 1);
              turn.reject(signal.reason);
            };
            signal.addEventListener('abort', giveUp, { once: true });
            try {
              await turn.promise;
            } finally {
              signal.removeEventListener('abort', giveUp);
            }
          } else {
            running += 1;
          }
          return leave;
        },
        cancel() {
          reserved -= 1;
        },
      };
    },
    load: () => ({ running, waiting: queue.length }),
  };
}

export type Line = ReturnType<typeof createLine>;
