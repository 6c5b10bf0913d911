import {
  ago,
  cut,
  MESSAGE_LIMIT,
  moment,
  shown,
  smallPrint,
  type Reply,
  type Request,
  type Services,
} from '../../src/discord/command.ts';
import type { OpenAlert, PastAlert } from '../../src/health/ports.ts';

const MOST_OPEN = 8;
const MOST_PAST = 6;
const WORDS = 160;

export function listAlerts(request: Request, { alerts }: Services): Reply {
  const [open, past] = [alerts.open(), alerts.recent().slice(0, MOST_PAST)];
  const lines = [
    ...(open.length === 0 ? [request.say({ en: '✅ **Nothing is wrong.**', ja: '✅ **問題はありません。**' })] : []),
    ...open.slice(-MOST_OPEN).map((alert) => openLine(request, alert, alerts.muted().get(alert.key) ?? null)),
    ...(open.length > MOST_OPEN ? [more(request, open.length - MOST_OPEN)] : []),
    ...(past.length === 0 ? [] : ['', request.say({ en: '**Over**', ja: '**解決済み**' })]),
    ...past.map((alert) => pastLine(request, alert)),
    '',
    ...ways(request, alerts),
  ];
  return { content: cut(lines.join('\n'), MESSAGE_LIMIT) };
}

function openLine(request: Request, { key, severity, words, since }: OpenAlert, mutedUntil: number | null): string {
  const mark = severity === 'critical' ? '🚨' : '⚠️';
  const muted =
    mutedUntil === null
      ? ''
      : ` · 🔕 ${request.say({ en: `until ${moment(mutedUntil)}`, ja: `${moment(mutedUntil)} まで` })}`;
  return `${mark} \`${key.replaceAll('`', '')}\` ${shown(request.say(words), WORDS)} · ${ago(since)}${muted}`;
}

function pastLine(request: Request, { key, words, resolvedAt }: PastAlert): string {
  const mark = key === null ? 'ℹ️' : '✅';
  return `${mark} ${shown(request.say(words), WORDS)} · ${ago(resolvedAt)}`;
}

const more = (request: Request, count: number): string =>
  request.say({ en: `… and ${count} more`, ja: `…ほか ${count} 件` });

/** One line that says who is told; of what does not arrive, one each. */
function ways(request: Request, desk: Services['alerts']): string[] {
  const all = desk.sinks();
  if (all.length === 0) {
    return [
      smallPrint(
        request.say({
          en: 'Nobody is told: these are in the log alone. Set ALERT_CHANNEL_ID, ALERT_WEBHOOK_URL or ALERT_EMAIL_TO.',
          ja: '通知先がありません（ログのみ）。ALERT_CHANNEL_ID、ALERT_WEBHOOK_URL、ALERT_EMAIL_TO のいずれかを設定してください。',
        }),
      ),
    ];
  }
  const failing = all.filter(({ problem }) => problem !== null);
  return [
    smallPrint(
      request.say({ en: 'Told: ', ja: '通知先：' }) +
        all.map(({ label }) => shown(label)).join(request.say({ en: ', ', ja: '、' })),
    ),
    ...failing.map(({ label, problem, waiting }) =>
      smallPrint(
        request.say({
          en: `❌ ${shown(label)}: ${shown(problem ?? '', WORDS)} (${waiting} waiting)`,
          ja: `❌ ${shown(label)}：${shown(problem ?? '', WORDS)}（送信待ち ${waiting} 件）`,
        }),
      ),
    ),
  ];
}
