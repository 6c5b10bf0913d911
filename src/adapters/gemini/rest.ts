import type { AppError } from '../../errors.ts';
import type { Clock } from '../../knowledge/ports.ts';

/** Remembers until when a model is out of quota or missing, so that nobody asks it in vain meanwhile. */
export interface Rest {
  begin(model: string, error: AppError, ms: number): void;
  /** Why the model rests and for how much longer; null when it does not. */
  of(model: string): { error: AppError; ms: number } | null;
}

export function createRest(clock: Clock): Rest {
  const resting = new Map<string, { error: AppError; until: number; longestMs: number }>();
  return {
    begin(model, error, ms) {
      resting.set(model, { error, until: clock() + ms, longestMs: ms });
    },
    of(model) {
      const found = resting.get(model);
      if (found === undefined) return null;
      const ms = found.until - clock();
      // A clock that was put back makes no rest longer.
      if (ms > 0 && ms <= found.longestMs) return { error: found.error, ms };
      resting.delete(model);
      return null;
    },
  };
}
