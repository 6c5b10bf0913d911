import { duration, shown, type LiveRequest, type Reply, type Services } from '../../src/discord/command.ts';
import { recorded } from '../backups/recorded.ts';

/** Sends a test by every way and says of each what came of it. */
export async function testAlerts(request: LiveRequest, services: Services): Promise<Reply> {
  const results = await recorded(
    request,
    services,
    { action: 'alerts test' },
    () => services.alerts.test(request.signal),
    (all) => (failuresIn(all) === 0 ? {} : { detail: `${failuresIn(all)} failed` }),
  );
  const failed = failuresIn(results);
  if (results.length === 0) {
    return {
      content: request.say({
        en: 'There is no way to test: set ALERT_CHANNEL_ID, ALERT_WEBHOOK_URL, or ALERT_EMAIL_TO with SMTP_URL, and restart the bot.',
        ja: '通知先がありません。ALERT_CHANNEL_ID、ALERT_WEBHOOK_URL、または ALERT_EMAIL_TO と SMTP_URL を設定してボットを再起動してください。',
      }),
    };
  }
  const lines = results.map(({ label, problem, durationMs }) =>
    problem === null
      ? `✅ ${shown(label)} · ${duration(durationMs, request.locale)}`
      : `❌ ${shown(label)}\n> ${shown(problem, 300)}`,
  );
  const head =
    failed === 0
      ? request.say({
          en: '🧪 **The test was taken everywhere.** See that it arrived, too.',
          ja: '🧪 **すべての通知先に送信できました。** 実際に届いたかもご確認ください。',
        })
      : request.say({
          en: `🧪 **${failed} of ${results.length} ways ${failed === 1 ? 'does' : 'do'} not work.**`,
          ja: `🧪 **通知先 ${results.length} 件のうち ${failed} 件に送信できませんでした。**`,
        });
  return { content: [head, ...lines].join('\n') };
}

const failuresIn = (results: Awaited<ReturnType<Services['alerts']['test']>>): number =>
  results.filter(({ problem }) => problem !== null).length;
