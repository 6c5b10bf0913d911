import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRetention, type Generation, type RetentionRules } from '../../../src/backup/retention.ts';
import { longestKeptDays } from '../../../src/backup/rotation.ts';
import { nextDue, parseRule } from '../../../src/backup/schedule-rule.ts';

const DAY_MS = 24 * 3_600_000;
const START = Date.UTC(2026, 0, 30, 3, 17);
const none: RetentionRules = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, timeZone: 'Europe/Berlin' };
const RULES: readonly RetentionRules[] = [
  { ...none, last: 7 },
  { ...none, last: 30 },
  { ...none, hourly: 24, daily: 14 },
  { ...none, daily: 7, weekly: 3 },
  { ...none, weekly: 5, monthly: 2 },
];

/** How old, in days, the oldest backup ever became before the rules let it go. */
function oldestEver(rule: string, rules: RetentionRules, days: number): number {
  let there: Generation[] = [];
  let oldest = 0;
  for (let now = START; now < START + days * DAY_MS;) {
    now = nextDue(parseRule(rule), rules.timeZone, now);
    oldest = Math.max(oldest, ...there.map(({ createdAt }) => now - createdAt));
    const name = `nescordbot_backup_${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')}`;
    const sidecar = {
      pinned: false,
      safetyUntil: null,
      doubtedSince: null,
      manifest: { kind: 'scheduled' as const, identity: null },
      drilled: { ok: true },
    };
    there.push({ name, createdAt: now, state: 'good', standing: 'unknown', sidecar });
    const kept = new Set(planRetention(there, rules, now, name).kept.map((one) => one.name));
    there = there.filter((one) => kept.has(one.name));
  }
  return oldest / DAY_MS;
}

test('no backup outlives what is said of it, whatever the schedule and the rules', () => {
  for (const rule of ['every 6h', 'daily 02:00', 'weekly sun 02:00', 'monthly 1 02:00'])
    for (const rules of RULES) {
      const said = longestKeptDays({ enabled: true, rule }, rules, []) ?? 0;
      const seen = oldestEver(rule, rules, 2 * said + 1);
      assert.ok(seen <= said, `${rule}, ${JSON.stringify(rules)}: ${seen} days, and ${said} were said`);
      assert.ok(
        said <= Math.max(7, seen * 2 + 1),
        `${rule}, ${JSON.stringify(rules)}: ${seen} days, and ${said} were said`,
      );
    }
});

test('vaults count as well, what a restore replaced stays a week, and a schedule that is stopped has no bound', () => {
  const every6h = { enabled: true, rule: 'every 6h' };
  assert.equal(longestKeptDays(every6h, { ...none, last: 7 }, []), 7);
  assert.equal(longestKeptDays(every6h, { ...none, last: 7 }, [10, 60]), 16);
  assert.equal(longestKeptDays({ ...every6h, enabled: false }, { ...none, last: 7 }, [60]), null);
});
