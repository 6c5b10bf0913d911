import { counted } from '../../counted.ts';
import type { BackupManager } from '../../backup/api.ts';
import { newestVerified } from '../../backup/coverage-model.ts';
import type { BackupEntry } from '../../backup/model.ts';
import { isSetAside } from '../../backup/set-aside.ts';
import type { IntegrityCheck } from '../../health/integrity/watch.ts';
import { whenFree } from './when-free.ts';

export interface BackupsCheckParts {
  readonly manager: Pick<BackupManager, 'list' | 'verify'>;
  readonly clock: () => number;
  /** In one night, but one backup at least. */
  readonly mostBytes?: number;
  /** Between two attempts while another job, a scheduled backup say, is under way. */
  readonly waitsMs?: readonly number[];
}

const DAY_MS = 24 * 3_600_000;
/** Each backup is read back at least so often. */
const EVERY_MS = 7 * DAY_MS;
const MOST_BYTES = 20e9;
const BY = { id: 'integrity', name: 'integrity check' };

/** Reads back what was not read for longest: all backups in a week, and one every night. */
export function createBackupsCheck(parts: BackupsCheckParts): IntegrityCheck {
  const { manager, clock, mostBytes = MOST_BYTES, waitsMs } = parts;

  return {
    part: 'backups',
    async look(signal) {
      const due = toRead(await manager.list(), clock(), mostBytes);
      for (const { name } of due) await whenFree(() => manager.verify(name, { signal, by: BY }), signal, waitsMs);
      const entries = (await manager.list()).filter((entry) => !isSetAside(entry));
      const damaged = entries.filter(({ state }) => state === 'damaged');
      if (damaged.length > 0) return { state: 'damaged', words: damagedWords(damaged, entries) };
      return {
        state: 'sound',
        words: {
          en: `Read back, every byte: ${due.length} of ${counted(entries.length, 'backup')}.`,
          ja: `バックアップ ${entries.length} 件のうち ${due.length} 件を全バイト読み直しました。`,
        },
      };
    },
  };
}

function toRead(entries: readonly BackupEntry[], now: number, mostBytes: number): readonly BackupEntry[] {
  const readAt = ({ sidecar }: BackupEntry) => sidecar?.verified?.at ?? 0;
  // What is known to be damaged, or of a newer program's format, is not read again.
  const oldestFirst = entries.filter(({ problem }) => problem === null).sort((a, b) => readAt(a) - readAt(b));
  let bytes = 0;
  return oldestFirst.filter((entry, at) => {
    bytes += entry.sizeBytes;
    return at === 0 || (now - readAt(entry) >= EVERY_MS && bytes <= mostBytes);
  });
}

function damagedWords(damaged: readonly BackupEntry[], entries: readonly BackupEntry[]) {
  const names = damaged.map(({ name }) => name);
  const why = damaged[0]?.problem ?? '';
  const next = newestVerified(entries)?.name ?? null;
  return {
    en:
      `Damaged backups: ${names.join(', ')} (${why}). ` +
      (next === null
        ? 'No good one is left: make one now with /backup.'
        : `The newest good one is ${next}. Delete the damaged ones with /backups delete, and check the disk.`),
    ja:
      `破損したバックアップ：${names.join('、')}（${why}）。` +
      (next === null
        ? '正常なものが残っていません。今すぐ /backup で作成してください。'
        : `最新の正常なものは ${next} です。破損したものは /backups delete で削除し、ディスクの状態も確認してください。`),
  };
}
