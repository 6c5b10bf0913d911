import { moment, shown, type LiveRequest, type Reply, type Services } from '../../src/discord/command.ts';
import { recorded } from '../backups/recorded.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const MOST_MS = 30 * UNITS.d;

/** Says nothing of one key for a while; what is still open then is said again. */
export async function muteAlert(request: LiveRequest, services: Services): Promise<Reply> {
  const { alerts, clock } = services;
  const key = request.text('key') ?? '';
  const forMs = timeIn(request.text('for') ?? '1h');
  const known = alerts.open().some((alert) => alert.key === key) || alerts.muted().has(key);
  if (forMs === null) {
    return {
      content: request.say({
        en: 'Say for how long: 30m, 1h, 2d (at most 30 days), or off.',
        ja: '期間は 30m、1h、2d（最長30日）、または off で指定してください。',
      }),
    };
  }
  if (!known) {
    return {
      content: request.say({
        en: `Nothing with the key \`${shown(key)}\` is open. /alerts list shows what is.`,
        ja: `キー \`${shown(key)}\` のアラートは発生していません。/alerts list で確認できます。`,
      }),
    };
  }
  const detail = `${key} ${forMs / UNITS.m} min`;
  await recorded(request, services, { action: 'alerts mute', detail }, () => alerts.mute(key, forMs));
  if (forMs === 0) {
    return {
      content: request.say({ en: `🔔 \`${key}\` is told of again.`, ja: `🔔 \`${key}\` の通知を再開しました。` }),
    };
  }
  return {
    content: request.say({
      en: `🔕 Nothing is said of \`${key}\` until ${moment(clock() + forMs)}, except that it is over. If it is still open then, it is said again.`,
      ja: `🔕 \`${key}\` の通知を止めました（解除：${moment(clock() + forMs)}）。解決したときは通知し、その時点で未解決なら再度通知します。`,
    }),
  };
}

/** Milliseconds; 0 for `off`; null for what cannot be understood. */
function timeIn(text: string): number | null {
  if (text.trim().toLowerCase() === 'off') return 0;
  const [, number = '', unit = ''] = /^(\d{1,4}) ?([mhd])$/.exec(text.trim().toLowerCase()) ?? [];
  if (unit !== 'm' && unit !== 'h' && unit !== 'd') return null;
  const ms = Number(number) * UNITS[unit];
  return ms > 0 && ms <= MOST_MS ? ms : null;
}
