import { counted } from '../../counted.ts';
import type { IntegrityCheck } from '../../health/integrity/watch.ts';
import type { ReconcileReport } from '../../knowledge/reconcile.ts';

/** Writers to a large index that has to be made anew wait no longer than this; the next night goes on. */
const MOST_MS = 30 * 60_000;

/** Compares the index with SQLite, from which all of it can be made anew. */
export function createIndexCheck(
  agree: (signal: AbortSignal) => Promise<ReconcileReport>,
  mostMs = MOST_MS,
): IntegrityCheck {
  /** Not by AbortSignal.timeout: as a part of another signal that is only looked at, it is collected and never fires. */
  async function inTime(signal: AbortSignal): Promise<ReconcileReport> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), mostMs).unref();
    try {
      return await agree(AbortSignal.any([signal, late.signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    part: 'index',
    async look(signal) {
      const report = await inTime(signal);
      const { checked, added, removed, rebuilt } = report;
      const repaired = added > 0 || removed > 0 || rebuilt.length > 0;
      return repaired
        ? { state: 'repaired', words: repairedWords(report) }
        : {
            state: 'sound',
            words: {
              en: `It holds what the database has, ${counted(checked, 'passage')}, and no other.`,
              ja: `データベースの該当箇所 ${checked} 件と完全に一致しています。`,
            },
          };
    },
  };
}

export function repairedWords({ checked, added, removed, rebuilt }: ReconcileReport) {
  const en = [
    ...(added > 0 ? [`${counted(added, 'missing passage')} ${added === 1 ? 'was' : 'were'} added`] : []),
    ...(removed > 0
      ? [`${counted(removed, 'passage')} that no document has ${removed === 1 ? 'was' : 'were'} removed`]
      : []),
    ...(rebuilt.length > 0 ? [`the collections of ${counted(rebuilt.length, 'server')} were made anew`] : []),
  ].join(', ');
  const ja = [
    ...(added > 0 ? [`不足していた該当箇所 ${added} 件を追加`] : []),
    ...(removed > 0 ? [`どの文書にも属さない該当箇所 ${removed} 件を削除`] : []),
    ...(rebuilt.length > 0 ? [`${rebuilt.length} サーバー分のコレクションを再作成`] : []),
  ].join('、');
  return {
    en: `The vector index did not hold what the database has. It was put right from there: ${en}. It now holds ${checked}; nothing is lost.`,
    ja: `ベクトル索引がデータベースと一致しなかったため修復しました：${ja}。現在、該当箇所 ${checked} 件が登録されており、失われたデータはありません。`,
  };
}
