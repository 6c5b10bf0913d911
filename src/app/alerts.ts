import { createWebhookSink } from '../adapters/webhook/sink.ts';
import type { Config } from '../config.ts';
import { secretsIn } from '../config/secrets.ts';
import { createAlertChannel } from '../discord/alert-channel.ts';
import type { AlertSink, SinkTest } from '../health/alert-ports.ts';
import { testSinks } from '../health/alerting/test-sinks.ts';
import { failedStart } from '../health/alerting/rules/failed-start.ts';
import type { Alerts } from '../health/ports.ts';
import { createRedaction } from '../log.ts';
import { besideDatabase } from './contents.ts';

/** What is open and what waits. */
export const alertFileOf = (config: Pick<Config, 'database'>): string => besideDatabase(config, 'alerts.json');

/** @param discord where the channel is; null where there is no way to Discord */
export async function alertSinks(
  { alerts }: Pick<Config, 'alerts'>,
  discord: { readonly token: string; readonly api: string | null } | null,
  clock: () => number,
): Promise<readonly AlertSink[]> {
  const { channel, webhooks, email, language } = alerts;
  const locale = language ?? 'en';
  const sinks: AlertSink[] = [
    ...(channel === null || discord === null
      ? []
      : [createAlertChannel({ ...discord, channelId: channel.id, roleId: channel.roleId, locale: language })]),
    ...webhooks.map(({ url, kind }, at) =>
      createWebhookSink({ url, kind, name: webhookName(webhooks, at), locale, clock }),
    ),
  ];
  if (email !== null) {
    // What sends e-mail takes a tenth of a start, and most bots do without it.
    const { createEmailSink } = await import('../adapters/email/sink.ts');
    sinks.push(createEmailSink({ ...email, locale }));
  }
  return sinks;
}

/** A test by every way, from a shell. The playground's channel is in the process of the bot, and cannot be reached from here. */
export async function tryAlerts(config: Config, signal: AbortSignal): Promise<readonly SinkTest[]> {
  const { token } = config.discord;
  const sinks = await alertSinks(config, token === null ? null : { token, api: null }, Date.now);
  return testSinks(sinks, { clock: Date.now, redact: createRedaction(secretsIn(config)), signal });
}

/** By the host, as the rest is a secret; numbered where several are at one host. */
function webhookName(webhooks: readonly { readonly url: string }[], at: number): string {
  const hosts = webhooks.map(({ url }) => new URL(url).host);
  const host = hosts[at] ?? '';
  const before = hosts.slice(0, at).filter((one) => one === host).length;
  return `webhook:${host}${before === 0 ? '' : `#${before + 1}`}`;
}

/** Says why the bot cannot start, before it ends for that reason. */
export async function tellingOfStart<Result>(alerts: Pick<Alerts, 'raise'>, start: Promise<Result>): Promise<Result> {
  try {
    return await start;
  } catch (error) {
    const alert = failedStart(error);
    if (alert !== null) alerts.raise(alert);
    throw error;
  }
}

/** Does not keep the process alive. */
export function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms).unref();
  return () => clearInterval(timer);
}
