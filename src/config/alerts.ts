import type { SmtpServer, WebhookKind } from './alert-values.ts';
import type { alertVariables } from './alert-variables.ts';
import { isLoopback } from './loopback.ts';
import type { Values } from './variables.ts';

export interface AlertsConfig {
  readonly channel: { readonly id: string; readonly roleId: string | null } | null;
  /** Null: English, and in the channel what its server speaks. */
  readonly language: 'en' | 'ja' | null;
  readonly webhooks: readonly { readonly url: string; readonly kind: WebhookKind }[];
  readonly email:
    | (SmtpServer & {
        readonly requireTls: boolean;
        readonly from: string;
        readonly to: readonly string[];
      })
    | null;
  /** Null: twice the time between two scheduled backups. */
  readonly backupMaxAgeMs: number | null;
  readonly backupMaxBytes: number | null;
}

type Name = keyof typeof alertVariables;

export function alertProblems(isGiven: (name: Name) => boolean): string[] {
  const problems: string[] = [];
  if (isGiven('ALERT_ROLE_ID') && !isGiven('ALERT_CHANNEL_ID')) {
    problems.push('ALERT_ROLE_ID is set without ALERT_CHANNEL_ID; set both, or neither.');
  }
  const mail = ['ALERT_EMAIL_TO', 'ALERT_EMAIL_FROM', 'SMTP_URL'] as const;
  const missing = mail.filter((name) => !isGiven(name));
  if (missing.length > 0 && missing.length < mail.length) {
    const given = mail.find(isGiven);
    const what = `${missing.join(' and ')}; set ${missing.length === 1 ? 'it' : 'both'}, or none of the three`;
    problems.push(`${given ?? ''} is set without ${what}: all of them are needed for alerts by e-mail.`);
  }
  return problems;
}

const HOUR_MS = 3_600_000;

export function alertsConfig(values: Values): AlertsConfig {
  const { ALERT_EMAIL_TO: to, ALERT_EMAIL_FROM: from, SMTP_URL: server } = values;
  const urls = values.ALERT_WEBHOOK_URL ?? [];
  return {
    channel: values.ALERT_CHANNEL_ID === null ? null : { id: values.ALERT_CHANNEL_ID, roleId: values.ALERT_ROLE_ID },
    language: values.ALERT_LANGUAGE,
    webhooks: urls.map((url) => ({ url, kind: values.ALERT_WEBHOOK_KIND ?? kindOf(url) })),
    email:
      server === null || from === null || to.length === 0
        ? null
        : { ...server, requireTls: values.SMTP_REQUIRE_TLS ?? !isLoopback(server.host), from, to },
    backupMaxAgeMs: values.BACKUP_MAX_AGE_HOURS === null ? null : values.BACKUP_MAX_AGE_HOURS * HOUR_MS,
    backupMaxBytes: values.BACKUP_MAX_MB === null ? null : values.BACKUP_MAX_MB * 1_000_000,
  };
}

function kindOf(url: string): WebhookKind {
  const { hostname, pathname } = new URL(url);
  if (hostname === 'hooks.slack.com') return 'slack';
  const isDiscord = /^(?:[a-z]+\.)?discord(?:app)?\.com$/.test(hostname) && pathname.startsWith('/api/');
  return isDiscord ? 'discord' : 'json';
}
