/**
 * Acknowledgements go before everything else: Discord gives three seconds for them, and fifteen minutes for answers.
 * Work that was acknowledged lets those still on their way pass, but not for ever: others keep coming on a busy day.
 * Whoever teaches or operates the bot does not stand behind all who ask it something.
 */
export function createPriority({ atOnce, patienceMs }: { readonly atOnce: number; readonly patienceMs: number }) {
  const waiting: (() => void)[] = [];
  const waitingFirst: (() => void)[] = [];
  let pending = 0;
  let quiet = Promise.withResolvers<void>();

  return {
    /** Does a piece of urgent business. Connections are reused: opening hundreds at once takes longer than taking turns. */
    async urgent<Result>(business: () => Promise<Result>, isFirst = false): Promise<Result> {
      pending += 1;
      if (pending > atOnce) await new Promise<void>((resolve) => (isFirst ? waitingFirst : waiting).push(resolve));
      try {
        return await business();
      } finally {
        pending -= 1;
        (waitingFirst.shift() ?? waiting.shift())?.();
        if (pending === 0) {
          quiet.resolve();
          quiet = Promise.withResolvers<void>();
        }
      }
    },
    /** Resolves when nothing urgent is going on, or patience is at its end. */
    async pass(): Promise<void> {
      if (pending === 0) return;
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, patienceMs);
      await Promise.race([quiet.promise, patience.promise]);
      clearTimeout(timer);
    },
  };
}

export type Priority = ReturnType<typeof createPriority>;
