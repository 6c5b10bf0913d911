import type { AlertMessage } from './alert-model.ts';
import type { Alerts } from './ports.ts';

/** One way to people: a channel, a webhook, a mailbox. */
export interface AlertSink {
  /** Stays the same over restarts; what waits is kept under it. */
  readonly name: string;
  /** For people, without secrets: `Slack webhook at hooks.slack.com`. */
  readonly label: string;
  /**
   * Resolves when the other side has taken the message; it may arrive twice when the connection broke afterwards.
   * @throws AppError `limit` (`retryAfterMs` is obeyed), `unavailable` (tried again), `invalid` (this message will never be
   *   taken), any other code (tried again at long intervals: somebody has to put it right), `aborted`. No message has a secret.
   */
  send(message: AlertMessage, signal: AbortSignal): Promise<void>;
}

export interface SinkStatus {
  readonly name: string;
  readonly label: string;
  /** Messages that wait for it. */
  readonly waiting: number;
  /** Why the last attempt failed, in words; null when it did not. */
  readonly problem: string | null;
}

export interface SinkTest {
  readonly label: string;
  /** Null when it arrived. */
  readonly problem: string | null;
  readonly durationMs: number;
}

/** What operators do with alerts. */
export interface AlertDesk extends Pick<Alerts, 'open' | 'recent'> {
  sinks(): readonly SinkStatus[];
  /** Sends a test past the queues to all sinks at once. */
  test(signal?: AbortSignal): Promise<readonly SinkTest[]>;
  /** Says nothing of this key until then; 0 ends that. What is still open afterwards is said again. */
  mute(key: string, forMs: number): void;
  /** Keys of which nothing is said, and until when. */
  muted(): ReadonlyMap<string, number>;
}

/** What a vendor says of a token; `unseen`: it takes it, and does not show it the repository; `unknown`: it could not be asked. */
export interface TokenState {
  readonly state: 'accepted' | 'refused' | 'unseen' | 'unknown';
  /** Milliseconds since the epoch; null where it does not expire, or the vendor does not say. */
  readonly expiresAt: number | null;
  /** What the repository that it is for is called now; null where that is what it is called here. */
  readonly movedTo: string | null;
}
