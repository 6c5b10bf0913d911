import { later } from './later.ts';
import type { Cron } from './ports.ts';

const MINUTE_MS = 60_000;

/**
 * Asks the clock anew each minute, so that one that is put right, or a machine that slept, changes only when the next minute
 * begins. (node-cron goes through every minute that was skipped, a year of them in 15 s, and waits until a clock that was put
 * back has caught up.) Does not keep the process alive.
 */
export const cron: Cron = {
  everyMinute(run) {
    let stop = (): void => undefined;
    const arm = (): void => {
      stop = later(MINUTE_MS - (Date.now() % MINUTE_MS), () => {
        arm();
        run();
      });
    };
    arm();
    return () => stop();
  },
};
