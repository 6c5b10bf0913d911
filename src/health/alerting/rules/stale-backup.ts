import { lasting } from '../../alert-model.ts';
import type { Alert } from '../../ports.ts';

export const STALE_BACKUP = 'backup:stale';

export interface Freshness {
  /** Of the newest backup that was read back and is good; null where there is none. */
  readonly newestAt: number | null;
  /** Since when somebody looks: what was never backed up gets that much time, too. */
  readonly watchedSince: number;
  /** Null: nobody expects any. */
  readonly maxAgeMs: number | null;
  readonly now: number;
}

export function staleBackup({ newestAt, watchedSince, maxAgeMs, now }: Freshness): Alert | null {
  const ageMs = now - (newestAt ?? watchedSince);
  if (maxAgeMs === null || ageMs <= maxAgeMs) return null;
  const [en, ja] = [lasting(ageMs, 'en'), lasting(ageMs, 'ja')];
  return {
    key: STALE_BACKUP,
    severity: 'critical',
    words: {
      en: `${newestAt === null ? `There is no verified backup, ${en} after the start` : `The newest verified backup is ${en} old`}. Make one with /backup; if that fails, it says why.`,
      ja: `${newestAt === null ? `起動から${ja}経っても検証済みのバックアップがありません` : `最新の検証済みバックアップは${ja}前のものです`}。/backup で作成してください。失敗した場合は理由が表示されます。`,
    },
  };
}
