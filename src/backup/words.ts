import type { Locale } from '../errors.ts';
import type { BackupProgress, Stage } from './api.ts';

type Both = Readonly<Record<Locale, string>>;

const STAGES: Readonly<Record<Stage, Both>> = {
  waiting: { en: 'waiting', ja: '待機中' },
  fetching: { en: 'fetching', ja: '取り寄せ中' },
  decrypting: { en: 'decrypting', ja: '復号中' },
  checking: { en: 'checking', ja: '確認中' },
  capturing: { en: 'capturing', ja: 'データを写し取り中' },
  compressing: { en: 'compressing', ja: '圧縮中' },
  verifying: { en: 'verifying', ja: '検証中' },
  retention: { en: 'removing old backups', ja: '古いバックアップを整理中' },
  sending: { en: 'sending', ja: '送信中' },
  drilling: { en: 'rehearsing a restore', ja: '復元の予行演習中' },
  staging: { en: 'unpacking', ja: '展開中' },
  saving: { en: "saving today's state", ja: '現在の状態を保存中' },
  swapping: { en: 'exchanging the data', ja: 'データを入れ替え中' },
  opening: { en: 'opening', ja: '開始中' },
  done: { en: 'finishing', ja: '仕上げ中' },
};

const JOBS: Readonly<Record<'backup' | 'restore' | 'verify', Both>> = {
  backup: { en: 'A backup', ja: 'バックアップ' },
  restore: { en: 'A restore', ja: '復元' },
  verify: { en: 'A verification', ja: '検証' },
};

/** Null: another process on the same volume is at work, and its progress is not known here. */
export function busyWords(running: (BackupProgress & { readonly what: keyof typeof JOBS }) | null): Both {
  if (running === null) {
    return {
      en: 'Another NescordBot process is working on the backups of this folder. Nothing was changed; try again when it is done.',
      ja: '別の NescordBot プロセスがこのフォルダーのバックアップを処理しています。何も変更していません。終わってからもう一度お試しください。',
    };
  }
  const { what, stage } = running;
  const percent = percentOf(running);
  return {
    en: `${JOBS[what].en} is under way (${STAGES[stage].en}${percent}). Nothing was changed; try again when it is done.`,
    ja: `${JOBS[what].ja}を実行しています（${STAGES[stage].ja}${percent}）。何も変更していません。終わってからもう一度お試しください。`,
  };
}

function percentOf({ doneBytes, totalBytes }: BackupProgress): string {
  if (totalBytes <= 0) return '';
  return `, ${Math.min(100, Math.floor((doneBytes / totalBytes) * 100))} %`;
}

/** `1.4 GB`, `380 MB`, `12 kB`: decimal, as disks are sold. */
export function bytesInWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = Math.max(0, bytes);
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const shown = unit > 0 && size < 10 ? (Math.ceil(size * 10) / 10).toString() : Math.ceil(size).toString();
  return `${shown} ${units[unit] ?? 'B'}`;
}
