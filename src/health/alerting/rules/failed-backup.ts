import { isAppError, wordsIn } from '../../../errors.ts';
import type { BackupKind } from '../../../backup/model.ts';
import type { Alert } from '../../ports.ts';

export const FAILED_BACKUP = 'backup:failed';

/** Null for what is no trouble: another job was under way, or somebody called it off. */
export function failedBackup(kind: BackupKind, error: unknown): Alert | null {
  if (isAppError(error, 'busy') || isAppError(error, 'aborted')) return null;
  const words = isAppError(error) ? error.words : 'The log has the error.';
  const by = BY[kind];
  return {
    key: FAILED_BACKUP,
    severity: 'critical',
    words: {
      en: `${by.en} failed: ${wordsIn('en', words)} The older backups are whole. The next one that succeeds ends this.`,
      ja: `${by.ja}に失敗しました：${wordsIn('ja', words)} 以前のバックアップは無事です。次に成功すると解決になります。`,
    },
  };
}

const BY = {
  manual: { en: 'A backup that somebody asked for', ja: '手動バックアップ' },
  scheduled: { en: 'The scheduled backup', ja: '定期バックアップ' },
  'after-change': { en: 'The backup after a change', ja: '変更後のバックアップ' },
  safety: { en: 'The safety backup before a restore', ja: '復元前の自動バックアップ' },
} as const satisfies Record<BackupKind, { en: string; ja: string }>;
