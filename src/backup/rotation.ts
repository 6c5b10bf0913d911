import type { Schedule } from './api.ts';
import { SAFETY_MS } from './create.ts';
import type { RetentionRules } from './retention-reasons.ts';
import { parseRule } from './schedule-rule.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A natural period at its longest. */
const PERIODS = { hourly: HOUR_MS, daily: DAY_MS, weekly: 7 * DAY_MS, monthly: 31 * DAY_MS } as const;

/**
 * For how many days at most a backup that nobody pinned is kept by the rules, here and in vaults, the schedule's running as
 * it should: each goes when enough have followed it. Null where nothing follows by itself. Backups after changes are not
 * meant: they go when as many more changes were backed up.
 * @param keeps how many each vault keeps
 */
export function longestKeptDays(
  { enabled, rule }: Pick<Schedule, 'enabled' | 'rule'>,
  rules: RetentionRules,
  keeps: readonly number[],
): number | null {
  if (!enabled) return null;
  const every = longestGap(rule);
  const byNumber = [rules.last, ...keeps].map((count) => count * every);
  const byPeriod = (['hourly', 'daily', 'weekly', 'monthly'] as const).map((period) =>
    rules[period] === 0 ? 0 : rules[period] * Math.max(every, PERIODS[period]) + every,
  );
  const turnedBack = HOUR_MS; // by which a clock's day is longer once a year
  return Math.ceil(Math.max(SAFETY_MS, Math.max(...byNumber, ...byPeriod) + turnedBack) / DAY_MS);
}

function longestGap(rule: string): number {
  const { text, isInterval, minutes } = parseRule(rule);
  if (isInterval) return DAY_MS / minutes.length;
  return PERIODS[text.startsWith('monthly') ? 'monthly' : text.startsWith('weekly') ? 'weekly' : 'daily'];
}
