import { wordsIn, type Locale } from '../../errors.ts';
import { alertEmbed, alertText, urgencyOf, type AlertEvent, type AlertMessage } from '../../health/alert-model.ts';

export type WebhookKind = 'slack' | 'discord' | 'json';

/** What each kind of receiver expects. */
export const BODIES: Readonly<Record<WebhookKind, (message: AlertMessage, locale: Locale) => unknown>> = {
  slack(message, locale) {
    const { title, body, footer } = alertText(message, locale);
    return { text: `*${forSlack(title)}*\n${forSlack(body)}\n_${forSlack(footer)}_` };
  },
  discord: (message, locale) => ({
    username: 'NescordBot',
    embeds: [alertEmbed(message, locale)],
    allowed_mentions: { parse: [] },
  }),
  json(message, locale) {
    const { title, body } = alertText(message, locale);
    return {
      source: 'nescordbot',
      version: 1,
      text: `${title}: ${body}`,
      urgency: urgencyOf(message),
      alerts: message.events.map(alertOf),
      more: message.more,
    };
  },
};

function alertOf({ state, key, severity, words, since, at }: AlertEvent) {
  return {
    state,
    key,
    severity,
    words: { en: wordsIn('en', words), ja: wordsIn('ja', words) },
    since: new Date(since).toISOString(),
    at: new Date(at).toISOString(),
    lastedMs: state === 'resolved' ? at - since : null,
  };
}

/** The three characters that Slack gives a meaning of its own: `<!channel>` would call everybody. */
const forSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
