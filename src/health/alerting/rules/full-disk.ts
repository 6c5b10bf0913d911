import { counted } from '../../../counted.ts';
import type { Alert } from '../../ports.ts';

/** The path follows. */
export const FULL_DISK = 'disk:';

export interface Disk {
  readonly path: string;
  readonly usedBytes: number;
  /** What there is to be had by us, used or not. */
  readonly totalBytes: number;
  /** As the backups grow; null where they do not, or are elsewhere. */
  readonly fullInDays: number | null;
  /** The step at which it was said last; 0 for none. */
  readonly saidLevel: number;
  readonly now: number;
}

const STEPS = [95, 90, 80] as const;
/** A step is left when it is this much lower, so that nothing is said in turns about a disk that breathes. */
const SLACK = 2;
const DAY_MS = 24 * 3_600_000;

export function fullDisk({ path, usedBytes, totalBytes, fullInDays, saidLevel, now }: Disk): Alert | null {
  if (totalBytes <= 0) return null;
  const percent = (100 * usedBytes) / totalBytes;
  const reached = STEPS.find((step) => percent >= step) ?? 0;
  const kept = STEPS.find((step) => step <= saidLevel && percent >= step - SLACK) ?? 0;
  const level = Math.max(reached, kept);
  if (level === 0) return null;
  const shown = Math.floor(percent);
  const free = Math.max(0, Math.round((totalBytes - usedBytes) / 1e6)).toLocaleString('en');
  const day = fullInDays === null ? null : new Date(now + fullInDays * DAY_MS).toISOString().slice(0, 10);
  return {
    key: `${FULL_DISK}${path}`,
    severity: level >= 95 ? 'critical' : 'warning',
    level,
    words: {
      en:
        `The disk of ${path} is ${shown} % full, ${free} MB are free.` +
        (day === null
          ? ''
          : ` As the backups grow, it is full in about ${counted(fullInDays ?? 0, 'day')}, on ${day}.`) +
        ' Enlarge the volume, or keep fewer backups: BACKUP_KEEP, /backups cleanup.',
      ja:
        `${path} のディスク使用率は ${shown} %（空き ${free} MB）です。` +
        (day === null ? '' : `このままバックアップが増えると、約${fullInDays ?? 0}日後（${day}）に満杯になります。`) +
        'ボリュームを拡張するか、バックアップの保持数を減らしてください（BACKUP_KEEP、/backups cleanup）。',
    },
  };
}
