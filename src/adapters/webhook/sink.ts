import { AppError, isAppError, type Locale } from '../../errors.ts';
import type { AlertMessage } from '../../health/alert-model.ts';
import type { AlertSink } from '../../health/alert-ports.ts';
import { refusal } from './failure.ts';
import { BODIES, type WebhookKind } from './bodies.ts';

export interface WebhookOptions {
  /** A secret: whoever has it can write there. */
  readonly url: string;
  readonly kind: WebhookKind;
  readonly name: string;
  readonly locale: Locale;
  readonly clock: () => number;
}

const LABELS: Readonly<Record<WebhookKind, string>> = {
  slack: 'Slack webhook',
  discord: 'Discord webhook',
  json: 'webhook',
};

/** Alerts as POST requests: to Slack, to Discord, or as plain JSON to whatever takes it. */
export function createWebhookSink({ url, kind, name, locale, clock }: WebhookOptions): AlertSink {
  const label = `${LABELS[kind]} at ${new URL(url).host}`;

  async function send(message: AlertMessage, signal: AbortSignal): Promise<void> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'NescordBot' },
        body: JSON.stringify(BODIES[kind](message, locale)),
        redirect: 'manual', // what follows would tell the address to somebody else
        signal,
      });
      // Once it is taken, it is taken: what else is said, and whether that comes whole, does not matter.
      await response.body?.cancel().catch(() => undefined);
      if (!response.ok) throw refusal(label, response, clock());
    } catch (error) {
      if (isAppError(error)) throw error;
      // The cause is not passed on: some name the address, which is a secret.
      throw new AppError('unavailable', unreached(label, error, signal));
    }
  }

  return { name, label, send };
}

function unreached(label: string, error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return `The ${label} did not answer in time.`;
  const cause = error instanceof Error ? error.cause : null;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `The ${label} cannot be reached${code}.`;
}
