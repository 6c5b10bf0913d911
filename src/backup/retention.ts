import type { Kept, Removal, RetentionPlan } from './api.ts';
import { newestStateFirst, newestVerified } from './coverage-model.ts';
import type { BackupEntry, Manifest, Sidecar } from './model.ts';
import { periodsIn, type Periods } from './periods.ts';
import {
  AHEAD,
  DAMAGED,
  FOREIGN,
  inGroup,
  JUST_MADE,
  newestIn,
  newestOf,
  NEWEST_DRILLED,
  NEWEST_VERIFIED,
  noRule,
  oldestOf,
  PINNED,
  safetyBackup,
  type Kind,
  type Reason,
  type RetentionRules,
} from './retention-reasons.ts';

export type { RetentionRules } from './retention-reasons.ts';

/** What the rules look at, of a backup here or of a copy elsewhere. */
export interface Generation extends Pick<BackupEntry, 'name' | 'createdAt' | 'state' | 'standing'> {
  readonly sidecar:
    | (Pick<Sidecar, 'pinned' | 'safetyUntil' | 'doubtedSince'> & {
        readonly manifest: Pick<Manifest, 'kind' | 'identity'>;
        readonly drilled: { readonly ok: boolean } | null;
      })
    | null;
}

/**
 * What to keep and why, after restic's rules: each keeps the newest of every period that has one, until its number is
 * reached; while it is not reached, the oldest of all is kept too.
 * Backups after changes are counted by themselves, so that an hour of editing does not push out last week, and unverified
 * ones by themselves, so that they never push out a verified one. A damaged one is no generation and is removed by hand only.
 * One that is dated ahead of the clock was made under a wrong one, or the clock is wrong now: it is kept, and takes nobody's place.
 * @param doubtedSince what the clock said when it came into doubt, while it is: what was made in this doubt, wherever the
 *   clock jumped to meanwhile, is counted by itself, so that days which may never have been push out nothing that was there
 * @param protectedName the backup just made, whatever a clock that went backwards makes of its age
 */
export function planRetention(
  entries: readonly Generation[],
  rules: RetentionRules,
  now: number,
  protectedName: string | null = null,
  doubtedSince: number | null = null,
): RetentionPlan {
  const newestFirst = [...entries].sort(newestStateFirst);
  // A safety backup's time is not over because of days that may never have been: counted with the others, it took one's place.
  const safeAt = doubtedSince === null ? now : 0;
  const reasons = new Map<string, Reason[]>(newestFirst.map(({ name }) => [name, []]));
  const keep = ({ name }: Generation, reason: Reason): void => void reasons.get(name)?.push(reason);

  const wasThere = ({ sidecar }: Generation) => doubtedSince !== null && sidecar?.doubtedSince !== doubtedSince;
  for (const era of Object.values(Object.groupBy(newestFirst, (entry) => (wasThere(entry) ? 'before' : 'since')))) {
    const groups = Map.groupBy(era, (entry) => groupOf(entry, now, safeAt));
    for (const group of ['verified', 'after changes', 'unverified'] as const) {
      applyRules(groups.get(group) ?? [], rules, (entry, reason) => keep(entry, inGroup(group, reason)));
    }
  }
  for (const entry of newestFirst) {
    if (entry.sidecar?.pinned === true) keep(entry, PINNED);
    if (entry.state === 'damaged') keep(entry, DAMAGED);
    if (entry.standing === 'foreign') keep(entry, FOREIGN);
    if (isAhead(entry, now)) keep(entry, AHEAD);
    const until = safetyUntil(entry, safeAt);
    if (until !== null) keep(entry, safetyBackup(until));
    if (entry.name === protectedName) keep(entry, JUST_MADE);
  }
  // Those that are ahead are kept for that.
  const dated = newestFirst.filter((entry) => !isAhead(entry, now));
  const newest = newestVerified(dated) ?? newestVerified(newestFirst);
  if (newest !== null) keep(newest, NEWEST_VERIFIED);
  const isRehearsed = ({ sidecar }: Generation) => sidecar?.drilled?.ok === true;
  const drilled = newestVerified(dated.filter(isRehearsed)) ?? newestVerified(newestFirst.filter(isRehearsed));
  if (drilled !== null) keep(drilled, NEWEST_DRILLED);

  const kept: Kept[] = [];
  const removed: Removal[] = [];
  for (const { name } of newestFirst) {
    const why = reasons.get(name) ?? [];
    if (why.length > 0) kept.push({ name, reasons: why });
    else removed.push({ name, reason: noRule(rules) });
  }
  return { kept, removed };
}

type Group = Kind | 'none';

function groupOf(entry: Generation, now: number, safeAt: number): Group {
  if (entry.state === 'damaged' || entry.standing === 'foreign') return 'none';
  if (safetyUntil(entry, safeAt) !== null || isAhead(entry, now)) return 'none';
  if (entry.state === 'unverified') return 'unverified';
  return entry.sidecar?.manifest.kind === 'after-change' ? 'after changes' : 'verified';
}

/** Clocks that are set right by themselves jump by less. */
const AHEAD_MS = 3_600_000;

function isAhead({ createdAt }: Generation, now: number): boolean {
  return createdAt > now + AHEAD_MS;
}

function safetyUntil({ sidecar }: Generation, now: number): number | null {
  const until = sidecar?.safetyUntil ?? null;
  return until !== null && until > now ? until : null;
}

function applyRules(
  newestFirst: readonly Generation[],
  rules: RetentionRules,
  keep: (entry: Generation, reason: Reason) => void,
): void {
  newestFirst.slice(0, rules.last).forEach((entry) => keep(entry, newestOf(rules.last)));
  const periods = periodsIn(rules.timeZone);
  for (const rule of ['hourly', 'daily', 'weekly', 'monthly'] satisfies (keyof Periods)[]) {
    let left = rules[rule];
    let last: string | null = null;
    for (const [index, entry] of newestFirst.entries()) {
      if (left === 0) break;
      const period = periods[rule](entry.createdAt);
      const isOldest = index === newestFirst.length - 1;
      if (period === last && !isOldest) continue;
      keep(entry, period === last ? oldestOf(rule, rules[rule]) : newestIn(rule, period));
      last = period;
      left -= 1;
    }
  }
}
