import { setTimeout as wait } from 'node:timers/promises';
import { isAppError } from '../errors.ts';

export interface Comeback {
  /** Tries from now on, until it works; a second call while it does is one too many and does nothing. */
  begin(): void;
  isTrying(): boolean;
  close(): Promise<void>;
}

export interface ComebackOptions {
  /** Asks a part that was gone whether it is back, and puts right what that takes. */
  readonly attempt: (signal: AbortSignal) => Promise<void>;
  /** It can be reached again and yet cannot work. */
  readonly onFailure: (error: unknown) => void;
  /** Doubled after each attempt. */
  readonly firstWaitMs: number;
}

const LONGEST_WAIT_MS = 60_000;
/** A server that does not answer is not waited for by whoever stops. */
const CLOSE_GRACE_MS = 2_000;

/** Waits for something that runs elsewhere and that nobody here can restart. */
export function createComeback({ attempt, onFailure, firstWaitMs }: ComebackOptions): Comeback {
  const closing = new AbortController();
  const { signal } = closing;
  let trying: Promise<void> | null = null;

  async function keepTrying(): Promise<void> {
    for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      await wait(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        return await attempt(signal);
      } catch (error) {
        if (!isAppError(error, 'unavailable') && !signal.aborted) onFailure(error);
      }
    }
  }

  return {
    begin() {
      if (signal.aborted) return;
      trying ??= keepTrying().finally(() => (trying = null));
    },
    isTrying: () => trying !== null,
    async close() {
      closing.abort();
      await Promise.race([trying, wait(CLOSE_GRACE_MS, undefined, { ref: false })]);
    },
  };
}
