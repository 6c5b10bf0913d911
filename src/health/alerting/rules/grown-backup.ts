import type { BackupEntry } from '../../../backup/model.ts';
import type { Alert } from '../../ports.ts';

export const GROWN_BACKUP = 'backup:size';

const JUMP = 2;
/** Small ones double when somebody teaches two documents. */
const WORTH_TELLING_BYTES = 10_000_000;

/** @param entries newest first @param maxBytes null: any size will do */
export function grownBackup(
  entries: readonly Pick<BackupEntry, 'name' | 'sizeBytes' | 'state'>[],
  maxBytes: number | null,
): Alert | null {
  const [newest, before] = entries.filter(({ state }) => state !== 'damaged');
  if (newest === undefined) return null;
  const size = mb(newest.sizeBytes);
  if (maxBytes !== null && newest.sizeBytes > maxBytes) {
    return warning({
      en: `${newest.name} takes ${size} MB, more than the ${mb(maxBytes)} MB of BACKUP_MAX_MB. See what was taught, or raise it.`,
      ja: `${newest.name} は ${size} MB で、BACKUP_MAX_MB の ${mb(maxBytes)} MB を超えています。追加された内容を確認するか、上限を上げてください。`,
    });
  }
  if (before === undefined || newest.sizeBytes < WORTH_TELLING_BYTES) return null;
  if (newest.sizeBytes <= JUMP * before.sizeBytes) return null;
  return warning({
    en: `${newest.name} takes ${size} MB, and the one before took ${mb(before.sizeBytes)} MB. If nobody taught that much, look what did: /knowledge list.`,
    ja: `${newest.name} は ${size} MB で、前回の ${mb(before.sizeBytes)} MB から急増しました。心当たりがなければ /knowledge list で確認してください。`,
  });
}

const warning = (words: { en: string; ja: string }): Alert => ({ key: GROWN_BACKUP, severity: 'warning', words });
const mb = (bytes: number): string => Math.round(bytes / 1e6).toLocaleString('en');
