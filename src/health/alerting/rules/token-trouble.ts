import { counted } from '../../../counted.ts';
import type { TokenState } from '../../alert-ports.ts';
import type { Alert } from '../../ports.ts';

export const GITHUB_TOKEN = 'github:token';
export const GITHUB_REPOSITORY = 'github:repository';
/** The family of both. */
export const GITHUB = 'github:';

const DAY_MS = 24 * 3_600_000;
const STEPS = [14, 7, 3, 1] as const;
/** So long a network or GitHub itself may be away. */
const UNASKED_MS = 3 * DAY_MS;

/**
 * What is wrong with the token for GitHub, or with the repository that it is for; undefined where nothing is known that would
 * change what was said before.
 * @param unknownSince since when GitHub could not be asked; null when it could
 */
export function tokenTrouble(found: TokenState, now: number, unknownSince: number | null): Alert[] | undefined {
  if (found.state === 'unknown') {
    const isLong = unknownSince !== null && now - unknownSince >= UNASKED_MS;
    return isLong ? [alert('warning', 0, unasked)] : undefined;
  }
  if (found.state === 'refused') return [alert('critical', STEPS.length + 1, refused)];
  const expiry = expiring(found.expiresAt, now);
  const place = found.state === 'unseen' ? unseen : found.movedTo === null ? null : moved(found.movedTo);
  return [...(expiry === null ? [] : [expiry]), ...(place === null ? [] : [place])];
}

function expiring(expiresAt: number | null, now: number): Alert | null {
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

const unasked = {
  en: `GitHub could not be asked for three days when GITHUB_TOKEN expires, so its end would come without a warning. Check that the bot reaches api.github.com, and look at the date at ${PAGE}.`,
  ja: `GITHUB_TOKEN の有効期限を 3 日間 GitHub に確認できていません。このままでは期限切れを事前にお知らせできません。ボットから api.github.com に接続できるか確認し、期限は ${PAGE} で確認してください。`,
};

const unseen: Alert = {
  key: GITHUB_REPOSITORY,
  severity: 'critical',
  words: {
    en: 'GitHub takes GITHUB_TOKEN and shows it no repository GITHUB_DATA_REPO: it was deleted or renamed, or the token is not for it. No backup reaches GitHub. Set GITHUB_DATA_REPO to what the repository is called now, or give the token access to it.',
    ja: 'GITHUB_TOKEN では GITHUB_DATA_REPO のリポジトリが見つかりません（削除・名前の変更、またはトークンの対象外）。GitHub にバックアップできません。GITHUB_DATA_REPO を現在の名前にするか、トークンにアクセス権を与えてください。',
  },
};

const moved = (name: string): Alert => ({
  key: GITHUB_REPOSITORY,
  severity: 'warning',
  words: {
    en: `The repository of GITHUB_DATA_REPO is called ${name} now. GitHub sends the bot on until somebody gives the old name to another repository. Set GITHUB_DATA_REPO=${name} and restart the bot.`,
    ja: `GITHUB_DATA_REPO のリポジトリは現在 ${name} という名前です。古い名前が別のリポジトリに使われるまでは GitHub が転送します。GITHUB_DATA_REPO=${name} に変更し、ボットを再起動してください。`,
  },
});

const alert = (severity: Alert['severity'], level: number, words: { en: string; ja: string }): Alert => ({
  key: GITHUB_TOKEN,
  severity,
  level,
  words,
});
