import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * Who was told of something in a channel lately: one notice per person, reason and window, as whoever goes on all the same
 * has been told, and the others there have to read it each time.
 */
export function createNotices(windowMs: number) {
  const told = new RateLimiterMemory({ points: 1, duration: windowMs / 1000 });
  return {
    /** True for the first one of a window, which lasts as long as the refusal does where that is known. */
    async isDue(userId: string, reason: string, lastsMs: number | null = null): Promise<boolean> {
      try {
        await told.consume(`${userId}:${reason}`, 1, { customDuration: (lastsMs ?? windowMs) / 1000 });
        return true;
      } catch (error) {
        if (error instanceof RateLimiterRes) return false;
        throw error;
      }
    },
  };
}

export type Notices = ReturnType<typeof createNotices>;
