import type { BackupEntry } from '../../../backup/model.ts';
import type { Alert } from '../../ports.ts';

export const FAILED_DRILL = 'backup:drill';

/** The newest backup whose restore was rehearsed decides. @param entries newest first */
export function failedDrill(entries: readonly BackupEntry[]): Alert | null {
  const newest = entries.find(({ sidecar }) => sidecar?.drilled !== null && sidecar?.drilled !== undefined);
  const drilled = newest?.sidecar?.drilled;
  if (newest === undefined || drilled === undefined || drilled === null || drilled.ok) return null;
  const why = drilled.problems.join('; ');
  return {
    key: FAILED_DRILL,
    severity: 'critical',
    words: {
      en: `Restoring ${newest.name} was rehearsed and failed: ${why}. Make another backup with /backup, and rehearse it with /backups verify.`,
      ja: `${newest.name} の復元の予行演習に失敗しました：${why}。/backup で作り直し、/backups verify で確認してください。`,
    },
  };
}
