import type { Locale } from '../errors.ts';
import type { Periods } from './periods.ts';

/** How many to keep by each rule; the rules are ORed, 0 switches one off. */
export interface RetentionRules {
  readonly last: number;
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  /** IANA name: where days, weeks and months begin. */
  readonly timeZone: string;
}

/** The English ones are what `--json` prints, and what scripts compare: they do not change. */
export type Reason = Readonly<Record<Locale, string>>;

/** What is counted by itself. */
export type Kind = 'verified' | 'after changes' | 'unverified';

const PERIODS: Readonly<Record<keyof Periods, string>> = {
  hourly: '1 時間ごと',
  daily: '日ごと',
  weekly: '週ごと',
  monthly: '月ごと',
};

export const PINNED: Reason = { en: 'pinned', ja: 'ピン留め' };
export const DAMAGED: Reason = { en: 'damaged, to be looked at by hand', ja: '破損（手動で確認してください）' };
export const FOREIGN: Reason = { en: "another installation's", ja: '別のインストールのもの' };
export const IN_VAULT: Reason = {
  en: "another installation's, and whole in a vault",
  ja: '別のインストールのもの（保管先に検証済みのコピーあり）',
};
export const AHEAD: Reason = { en: 'dated ahead of the clock', ja: '日時が現在より先' };
export const JUST_MADE: Reason = { en: 'just made', ja: '作成したばかり' };
export const NEWEST_VERIFIED: Reason = { en: 'newest verified', ja: '検証済みで最新' };
export const NEWEST_DRILLED: Reason = { en: 'newest drilled', ja: '予行演習済みで最新' };

export function newestOf(count: number): Reason {
  return { en: `newest ${count}`, ja: `新しい ${count} 件` };
}

export function newestIn(rule: keyof Periods, period: string): Reason {
  return { en: `${rule} ${period}`, ja: `${PERIODS[rule]}（${period}）` };
}

export function oldestOf(rule: keyof Periods, count: number): Reason {
  return {
    en: `oldest, as fewer than ${count} ${rule} are there`,
    ja: `最古（${PERIODS[rule]}のものが ${count} 件に満たないため）`,
  };
}

export function safetyBackup(until: number): Reason {
  const day = new Date(until).toISOString().slice(0, 10);
  return { en: `safety backup until ${day}`, ja: `復元前の自動バックアップ（${day} まで）` };
}

export function inGroup(group: Kind, { en, ja }: Reason): Reason {
  if (group === 'verified') return { en, ja };
  return { en: `${en} (${group})`, ja: `${ja}（${group === 'unverified' ? '未検証' : '変更後'}）` };
}

export function noRule(rules: RetentionRules): Reason {
  const names = ['last', 'hourly', 'daily', 'weekly', 'monthly'] as const;
  const set = names.filter((name) => rules[name] > 0);
  if (set.length === 0) return { en: 'no rule keeps it: none is set', ja: '保持の決まりがありません' };
  const en = set.map((name) => `${rules[name]} ${name === 'last' ? 'newest' : name}`).join(', ');
  const ja = set.map((name) => `${name === 'last' ? '新しいもの' : PERIODS[name]} ${rules[name]} 件`).join('、');
  return { en: `no rule keeps it: ${en} are kept`, ja: `保持の対象外（${ja}を保持）` };
}
