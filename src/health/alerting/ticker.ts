import type { Log } from '../../log.ts';

/** Something to look at; its name is for the log. */
export interface Look {
  readonly name: string;
  readonly look: () => void | Promise<void>;
}

export interface Ticker extends AsyncDisposable {
  /** One round at once; when one is under way already, resolves with that one. */
  round(): Promise<void>;
}

export interface TickerOptions {
  readonly looks: readonly Look[];
  readonly everyMs: number;
  /** Calls again and again. Returns the way to stop. */
  readonly every: (ms: number, run: () => void) => () => void;
  readonly log: Log;
}

/** Looks at everything once a minute, one thing after the other; a round that takes longer leaves the next one out. */
export function openTicker({ looks, everyMs, every, log }: TickerOptions): Ticker {
  const failing = new Set<string>();
  let closed = false;
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    for (const { name, look } of looks) {
      if (closed) return;
      try {
        await look();
        failing.delete(name);
      } catch (error) {
        if (!failing.has(name))
          log.warn(`It could not be looked at whether something is wrong with ${name}`, { error });
        failing.add(name);
      }
    }
  }

  const round = (): Promise<void> =>
    (working ??= work().finally(() => {
      working = null;
    }));
  const stop = every(everyMs, () => void round());
  return {
    round,
    async [Symbol.asyncDispose]() {
      closed = true;
      stop();
      await working;
    },
  };
}
