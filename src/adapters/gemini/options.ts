import type { Clock } from '../../knowledge/ports.ts';
import type { UsageRecord } from '../../knowledge/store-ports.ts';

/** What embedder and generator have in common. */
export interface GeminiOptions {
  readonly apiKey: string;
  /** Another server that speaks the same API; null is Google's. */
  readonly baseUrl: string | null;
  /** How long one attempt may be silent: until the whole reply, or between two pieces of a stream. */
  readonly timeoutMs: number;
  readonly onUsage: (usage: UsageRecord) => void;
  readonly clock: Clock;
  /** 0 (inclusive) to 1 (exclusive); for jitter. */
  readonly random: () => number;
  /** How to wait between attempts; the real timer unless a test owns time. */
  readonly wait?: Wait;
}

/** Which model answered for the one that was asked for, or that it is not there any more. Told each time. */
export type ModelNews =
  | {
      readonly kind: 'answered';
      readonly asked: string;
      readonly by: string;
      /** The server does not take the field that asks it not to keep requests. */
      readonly isStoreRefused: boolean;
    }
  | { readonly kind: 'missing'; readonly asked: string };

export type Wait = (ms: number, signal: AbortSignal | undefined) => Promise<void>;

export function plainName(model: string): string {
  return model.replace(/^models\//, '');
}
