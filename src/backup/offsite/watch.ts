import { counted } from '../../counted.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Alert } from '../../health/ports.ts';
import { bytesInWords } from '../words.ts';
import type { VaultView } from './api.ts';

const HOUR_MS = 3_600_000;
const MOST_FAILURES = 5;
const REFUSALS = new Set<ErrorCode>(['forbidden', 'config']);

/** The family of the alerts' keys. */
export const VAULT_ALERTS = 'vault:';

/** What operators have to know of a vault now. */
export function alertsOf(view: VaultView, now: number, intervalMs: number): Alert[] {
  const full95 = full(view, 95);
  const found: Readonly<Record<string, Alert['words'] | null>> = {
    refused: refused(view),
    rotten: rotten(view),
    behind: behind(view, now, intervalMs),
    quota95: full95,
    quota80: full95 === null ? full(view, 80) : null,
  };
  return Object.entries(found).flatMap(([what, words]) =>
    words === null
      ? []
      : [
          {
            key: `${VAULT_ALERTS}${view.name}:${what}`,
            severity: what === 'quota80' ? ('warning' as const) : ('critical' as const),
            words,
          },
        ],
  );
}

/** What it said names the variable that is wrong. */
function refused({ label, trouble }: VaultView): Alert['words'] | null {
  if (trouble === null || !REFUSALS.has(trouble.code)) return null;
  return {
    en: `No backup gets into ${label} any more. ${trouble.words.en}`,
    ja: `${label} にバックアップを送れません。${trouble.words.ja}`,
  };
}

const MOST_NAMED = 3;

function rotten({ label, rotten: copies }: VaultView): Alert['words'] | null {
  if (copies.length === 0) return null;
  const named = copies.slice(0, MOST_NAMED);
  const more = copies.length - named.length;
  const whole = named.every(({ replacedFrom }) => replacedFrom !== null);
  const en = named.map(({ name, wholeAt, replacedFrom }) => {
    const was =
      wholeAt === null ? 'it was never read back whole' : `it was last read back whole at ${minuteOf(wholeAt)} UTC`;
    const next =
      replacedFrom === null
        ? 'and there is no whole copy to put in its place'
        : `and is sent again from ${replacedFrom === 'here' ? 'this machine' : replacedFrom.label}`;
    return `${name} (${was}, ${next})`;
  });
  const ja = named.map(({ name, wholeAt, replacedFrom }) => {
    const was = wholeAt === null ? '無事を確認できた記録なし' : `最後に無事を確認：${minuteOf(wholeAt)}（UTC）`;
    const next =
      replacedFrom === null
        ? '代わりになる無事なコピーなし'
        : `${replacedFrom === 'here' ? 'このマシン' : `${replacedFrom.label} `}から送り直します`;
    return `${name}（${was}、${next}）`;
  });
  return {
    en:
      `Copies in ${label} have rotted: their bytes are not those that were stored. ${en.join('; ')}${more > 0 ? `, and ${more} more` : ''}. ` +
      `They count as no copies any more, and nothing is restored from them. ` +
      (whole
        ? 'If this comes again, do not rely on that storage.'
        : 'Make a backup now (/backup), check that storage, and delete the rotten files there by hand.'),
    ja:
      `${label} のコピーが壊れています（保存時の内容と一致しません）：${ja.join('、')}${more > 0 ? `、ほか ${more} 件` : ''}。` +
      '壊れたコピーは数に入れず、復元にも使いません。' +
      (whole
        ? '繰り返す場合は、この保管先に頼らないでください。'
        : '今すぐ /backup でバックアップを作成し、保管先の状態を確認して、壊れたファイルは保管先で手動で削除してください。'),
  };
}

const minuteOf = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

function behind(view: VaultView, now: number, intervalMs: number): Alert['words'] | null {
  const { label, behindSince, trouble, failures, pending } = view;
  if (behindSince === null) return null;
  const last = trouble ?? pending.map((name) => failures[name]).find((failure) => failure !== undefined) ?? null;
  const late = now - behindSince > Math.max(HOUR_MS, 2 * intervalMs);
  if (!late && (last?.attempts ?? 0) < MOST_FAILURES) return null;
  const since = minuteOf(behindSince);
  return {
    en: `What was backed up since ${since} UTC is not in ${label} yet. ${last === null ? 'It is being sent; /backups sync shows how far it is.' : `The last of ${counted(last.attempts, 'attempt')} said: ${last.words.en}`}`,
    ja: `${since}（UTC）以降のバックアップがまだ ${label} にありません。${last === null ? '送信中です。/backups sync で進み具合を確認できます。' : `${last.attempts} 回目の試みの結果：${last.words.ja}`}`,
  };
}

function full({ label, name, quota }: VaultView, percent: number): Alert['words'] | null {
  if (quota === null || quota.limitBytes === null || quota.usedBytes < (quota.limitBytes * percent) / 100) return null;
  const { usedBytes, limitBytes, days } = quota;
  const share = `${Math.floor((100 * usedBytes) / Math.max(1, limitBytes))} %`;
  const [used, limit] = [bytesInWords(usedBytes), bytesInWords(limitBytes)];
  const left = days.to100;
  const [whenEn, whenJa] =
    left === null
      ? ['', '']
      : [` At this pace it is full in ${counted(left, 'day')}.`, `このままでは ${left} 日後に満杯になります。`];
  const advice = name === 'github' ? GITHUB : ELSEWHERE;
  return {
    en: `${label} is ${share} full: ${used} of ${limit}.${whenEn} ${advice.en}`,
    ja: `${label} の使用量が ${share} に達しました（${limit} のうち ${used}）。${whenJa}${advice.ja}`,
  };
}

const GITHUB = {
  en: 'GitHub never frees the room of removed copies: raise the Git LFS budget of the account, or set GITHUB_DATA_REPO to a new repository and delete the old one once the new one has a verified copy.',
  ja: 'GitHub では削除したコピーの容量は解放されません。アカウントの Git LFS 予算を増やすか、GITHUB_DATA_REPO を新しいリポジトリに変え、そこに検証済みのコピーができてから古いほうを削除してください。',
};
const ELSEWHERE = {
  en: 'Make room there, or keep fewer copies (S3_KEEP, VAULT_KEEP).',
  ja: '空き容量を増やすか、保持する数（S3_KEEP、VAULT_KEEP）を減らしてください。',
};
