import type { Alert, Live, Overview, Part } from './model.ts';
import { intervalMs } from './rule.ts';

export type Level = 'good' | 'warn' | 'bad';

/** Something that is not as it should be, and what would put it right. */
export type Task =
  | { readonly level: Level; readonly kind: 'no-verified' | 'not-drilled' | 'schedule-off' }
  | { readonly level: Level; readonly kind: 'drill-old' | 'backup-old'; readonly at: string; readonly name: string }
  | { readonly level: Level; readonly kind: 'unverified'; readonly name: string }
  | { readonly level: Level; readonly kind: 'damaged'; readonly name: string; readonly count: number }
  | { readonly level: Level; readonly kind: 'full-soon'; readonly days: number }
  | { readonly level: Level; readonly kind: 'part-down'; readonly part: Part }
  | { readonly level: Level; readonly kind: 'alert'; readonly alert: Alert };

export interface Verdict {
  readonly level: Level;
  readonly tasks: readonly Task[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** For what the schedule makes to be made, checked and drilled. */
const GRACE_MS = 2 * HOUR_MS;
/** Where nothing is made by itself, a day without a backup is too long, and a week without a drill. */
const BACKUP_MS = DAY_MS;
const DRILL_MS = 7 * DAY_MS;
const FULL_DAYS = 14;
const order: Readonly<Record<Level, number>> = { bad: 0, warn: 1, good: 2 };

/** What a verdict stands on. */
export type Evidence = Pick<
  Overview,
  'now' | 'restorable' | 'backups' | 'schedule' | 'storage' | 'running' | 'parts' | 'alerts'
>;

/** What an alert says in its own words is not said twice; its key, or how that begins. */
const sameAs: Readonly<Partial<Record<Task['kind'], string>>> = { 'backup-old': 'backup:stale', 'full-soon': 'disk:' };

/** Whether the knowledge is safe, with all that is wrong taken into account, and what to do about it; the worst first. */
export function verdictOf(overview: Evidence, live: Pick<Live, 'parts' | 'alerts'> | null): Verdict {
  const { restorable, backups, schedule, storage, now } = overview;
  const newest = backups.find(({ name }) => name === restorable.newest);
  const age = (at: string): number => Date.parse(now) - Date.parse(at);
  const alerts = live?.alerts ?? overview.alerts;
  const tasks: Task[] = alerts.map((alert) => ({
    level: alert.severity === 'critical' ? 'bad' : 'warn',
    kind: 'alert',
    alert,
  }));
  if (!restorable.ok) tasks.push({ level: 'bad', kind: 'no-verified' });
  const damaged = backups.filter(({ state }) => state === 'damaged');
  if (damaged[0] !== undefined)
    tasks.push({
      level: restorable.ok ? 'warn' : 'bad',
      kind: 'damaged',
      name: damaged[0].name,
      count: damaged.length,
    });
  if (backups[0]?.state === 'unverified' && overview.running === null)
    tasks.push({ level: 'warn', kind: 'unverified', name: backups[0].name });
  if (newest !== undefined) {
    // Each backup of the schedule is drilled.
    const everyMs = schedule?.enabled === true ? intervalMs(schedule.rule) : 0;
    if (age(newest.createdAt) > Math.max(BACKUP_MS, everyMs) + GRACE_MS)
      tasks.push({ level: 'warn', kind: 'backup-old', at: newest.createdAt, name: newest.name });
    if (restorable.drilledAt === null) tasks.push({ level: 'warn', kind: 'not-drilled' });
    else if (age(restorable.drilledAt) > Math.max(DRILL_MS, everyMs) + GRACE_MS)
      tasks.push({ level: 'warn', kind: 'drill-old', at: restorable.drilledAt, name: newest.name });
  }
  if (schedule !== null && !schedule.enabled) tasks.push({ level: 'warn', kind: 'schedule-off' });
  if (storage.fullInDays !== null && storage.fullInDays < FULL_DAYS)
    tasks.push({ level: 'warn', kind: 'full-soon', days: Math.floor(storage.fullInDays) });
  for (const part of live?.parts ?? overview.parts)
    if (part.state === 'down') tasks.push({ level: 'warn', kind: 'part-down', part });
  const once = tasks.filter(({ kind }) => {
    const key = sameAs[kind];
    return key === undefined || !alerts.some((alert) => alert.key.startsWith(key));
  });
  once.sort((a, b) => order[a.level] - order[b.level]);
  return { level: once[0]?.level ?? 'good', tasks: once };
}
