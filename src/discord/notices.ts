import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * Who was told of something in a channel lately: one notice per person, reason and window, as whoever goes on all the same
 * has been told, and the others there have to read it each time.
 */
export function createNotices(windowMs: number) {
  const told = new RateLimiterMemory({ points: 1, duration: windowMs / 1000 });
  return {
    /** True for the first one of a window. */
    async isDue(userId: string, reason: string): Promise<boolean> {
      try {
        await told.consume(`${userId}:${reason}`);
        return true;
      } catch (error) {
        if (error instanceof RateLimiterRes) return false;
        throw error;
      }
    },
  };
}

export type Notices = ReturnType<typeof createNotices>;
