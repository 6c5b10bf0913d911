import { counted } from '../../../counted.ts';
import type { TokenState } from '../../alert-ports.ts';
import type { Alert } from '../../ports.ts';

export const GITHUB_TOKEN = 'github:token';

const DAY_MS = 24 * 3_600_000;
const STEPS = [14, 7, 3, 1] as const;

/** Undefined where nothing is known that would change what was said before. */
export function tokenTrouble({ state, expiresAt }: TokenState, now: number): Alert | null | undefined {
  if (state === 'unknown') return undefined;
  if (state === 'refused') return alert('critical', STEPS.length + 1, refused);
  if (expiresAt === null) return null;
  const days = Math.max(0, Math.floor((expiresAt - now) / DAY_MS));
  const passed = STEPS.filter((step) => expiresAt - now <= step * DAY_MS).length;
  if (passed === 0) return null;
  const on = new Date(expiresAt).toISOString().slice(0, 10);
  return alert(passed >= 3 ? 'critical' : 'warning', passed, {
    en: `GITHUB_TOKEN expires in ${counted(days, 'day')}, on ${on}. After that no backup reaches GitHub. Make a new one at ${PAGE}, set it and restart the bot.`,
    ja: `GITHUB_TOKEN の有効期限まであと${days}日です（${on}）。期限が切れると GitHub にバックアップできません。${PAGE} で作り直し、設定してから再起動してください。`,
  });
}

const PAGE = 'https://github.com/settings/personal-access-tokens';

const refused = {
  en: `GitHub does not accept GITHUB_TOKEN: it expired or was revoked. No backup reaches GitHub. Make a new one at ${PAGE}, set it and restart the bot.`,
  ja: `GITHUB_TOKEN が GitHub に受け付けられません（期限切れか失効）。GitHub にバックアップできません。${PAGE} で作り直し、設定してから再起動してください。`,
};

const alert = (severity: Alert['severity'], level: number, words: { en: string; ja: string }): Alert => ({
  key: GITHUB_TOKEN,
  severity,
  level,
  words,
});
