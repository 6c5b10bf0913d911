/**
 * Acknowledgements go before everything else: Discord gives three seconds for them, and fifteen minutes for answers.
 * Work that was acknowledged lets those still on their way pass, but not for ever: others keep coming on a busy day.
 */
export function createPriority(patienceMs: number) {
  let pending = 0;
  let quiet = Promise.withResolvers<void>();

  return {
    /** Counts a piece of urgent business while it goes on. */
    async urgent<Result>(business: Promise<Result>): Promise<Result> {
      pending += 1;
      try {
        return await business;
      } finally {
        pending -= 1;
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
