import { emailAddress, emailAddresses, smtpUrl, webhookUrls } from './alert-values.ts';
import { oneOf, snowflake, wholeNumber, yesOrNo } from './values.ts';
import { optional, secretOf, variable } from './variable.ts';

/** Who is told of trouble, by which ways, and from when on it is trouble. */
export const alertVariables = {
  ALERT_CHANNEL_ID: optional(
    snowflake,
    'Discord channel for alerts. The bot needs View Channel, Send Messages and Embed Links there.',
  ),
  ALERT_ROLE_ID: optional(snowflake, 'Role that is mentioned there when something critical begins.'),
  ALERT_LANGUAGE: optional(
    oneOf('en', 'ja'),
    "en or ja. By default, English, and in the Discord channel the language of the channel's server.",
  ),
  ALERT_WEBHOOK_URL: secretOf(webhookUrls, 'Addresses that alerts are posted to, separated by commas.'),
  ALERT_WEBHOOK_KIND: optional(
    oneOf('slack', 'discord', 'json'),
    'What they expect: slack, discord or json. By default told by the address; what is neither Slack nor Discord gets JSON.',
  ),
  ALERT_EMAIL_TO: variable(emailAddresses, '', 'Addresses that alerts are mailed to, separated by commas.'),
  ALERT_EMAIL_FROM: optional(emailAddress, 'Sender of those mails.'),
  SMTP_URL: secretOf(
    smtpUrl,
    'Mail server that takes them: `smtp://user:password@mail.example.org:587`, or `smtps://`.',
  ),
  SMTP_REQUIRE_TLS: optional(
    yesOrNo,
    'Whether a mail server without STARTTLS is refused. By default true, except for one on this machine.',
  ),
  BACKUP_MAX_AGE_HOURS: optional(
    wholeNumber(1, 8760),
    'Alert when the newest verified backup is older. By default, twice the time between two scheduled ones.',
  ),
  BACKUP_MAX_MB: optional(wholeNumber(1, 1_000_000), 'Alert when a backup is larger.'),
};
