/** At most so many messages in a window; the last ones of it are for what is critical. */
export interface Pace {
  /** Milliseconds until the next message may go; 0 now. */
  waitMs(isCritical: boolean): number;
  sent(): void;
}

export interface PaceLimits {
  readonly messages: number;
  readonly windowMs: number;
  readonly reserved: number;
}

export const PACE: PaceLimits = { messages: 10, windowMs: 600_000, reserved: 3 };

export function createPace(clock: () => number, { messages, windowMs, reserved } = PACE): Pace {
  let times: number[] = [];
  return {
    waitMs(isCritical) {
      const now = clock();
      times = times.filter((at) => at <= now && now - at < windowMs);
      const most = isCritical ? messages : messages - reserved;
      const blocking = times[times.length - most];
      return blocking === undefined ? 0 : Math.max(1, blocking + windowMs - now);
    },
    sent: () => void times.push(clock()),
  };
}
