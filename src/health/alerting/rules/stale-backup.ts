import { lasting } from '../../alert-model.ts';
import type { Alert } from '../../ports.ts';

export const STALE_BACKUP = 'backup:stale';

/** Clocks that are set right by themselves jump by less. */
export const AHEAD_MS = 3_600_000;

export interface Freshness {
  /** Of the newest backup that was read back and is good; null where there is none. */
  readonly newestAt: number | null;
  /** Since when there is knowledge that none of them has, whatever their dates say; null where all is in one. */
  readonly behindSince: number | null;
  /** Since when somebody looks: what was never backed up gets that much time, too. */
  readonly watchedSince: number;
  /** Null: nobody expects any. */
  readonly maxAgeMs: number | null;
  readonly now: number;
}

export function staleBackup({ newestAt, behindSince, watchedSince, maxAgeMs, now }: Freshness): Alert | null {
  const ageMs = now - (newestAt ?? watchedSince);
  if (maxAgeMs === null) return null;
  if (ageMs < -AHEAD_MS) return datedAhead(-ageMs);
  if (ageMs <= maxAgeMs) {
    const behindMs = newestAt === null || behindSince === null ? 0 : now - behindSince;
    return behindMs > maxAgeMs ? notCovered(behindMs) : null;
  }
  const [en, ja] = [lasting(ageMs, 'en'), lasting(ageMs, 'ja')];
  return newestAt === null
    ? toBeMade(
        `There is no verified backup, ${en} after the start.`,
        `起動から${ja}経っても検証済みのバックアップがありません。`,
      )
    : toBeMade(`The newest verified backup is ${en} old.`, `最新の検証済みバックアップは${ja}前のものです。`);
}

/** A backup that was made of another state, or that somebody put there, has a date that says nothing. */
function notCovered(behindMs: number): Alert {
  const [en, ja] = [lasting(behindMs, 'en'), lasting(behindMs, 'ja')];
  return toBeMade(
    `What the bot was taught in the last ${en} is in no verified backup.`,
    `直近${ja}の間に学習した内容が、どの検証済みバックアップにも含まれていません。`,
  );
}

const toBeMade = (en: string, ja: string): Alert => ({
  key: STALE_BACKUP,
  severity: 'critical',
  words: {
    en: `${en} Make one with /backup; if that fails, it says why.`,
    ja: `${ja}/backup で作成してください。失敗した場合は理由が表示されます。`,
  },
});

/** It is not less than a minute old: nobody knows how old it is. */
function datedAhead(aheadMs: number): Alert {
  const [en, ja] = [lasting(aheadMs, 'en'), lasting(aheadMs, 'ja')];
  return {
    key: STALE_BACKUP,
    severity: 'critical',
    words: {
      en: `The newest verified backup is dated ${en} ahead of this machine's clock, so how old it is cannot be told. See that the clock is right, and make one with /backup.`,
      ja: `最新の検証済みバックアップの日時が、このマシンの時計より${ja}先になっているため、どれだけ前のものか分かりません。時計を確認し、/backup で作成してください。`,
    },
  };
}
