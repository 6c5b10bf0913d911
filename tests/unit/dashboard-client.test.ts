import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, ahead, bytes, duration, percent } from '../../src/http/dashboard/web/client/format.ts';
import { intervalMs, ruleForm, ruleInWords, ruleText } from '../../src/http/dashboard/web/client/rule.ts';
import { verdictOf, type Evidence } from '../../src/http/dashboard/web/client/verdict.ts';
import { backupView } from '../../src/http/schemas/backup.ts';
import { BACKUP_TIME, entryOf } from '../support/fake-backups.ts';

const HOUR_MS = 3_600_000;
const iso = (at: number) => new Date(at).toISOString();
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

const listed = (...args: Parameters<typeof entryOf>) => ({ ...backupView(entryOf(...args)), newest: false });

/** Everything as it should be: an hour after a backup that was drilled, with the next one on its way. */
function evidence(more: Partial<Evidence> = {}): Evidence {
  return {
    now: iso(BACKUP_TIME + HOUR_MS),
    parts: [{ name: 'sqlite', state: 'ok', detail: '', words: null }],
    restorable: {
      ok: true,
      newest: entryOf(BACKUP_TIME).name,
      drilledAt: iso(BACKUP_TIME),
      rtoMs: 40_000,
      rpoMs: 1,
      behindSince: iso(BACKUP_TIME),
      talkBehind: 0,
    },
    backups: [listed(BACKUP_TIME)],
    running: null,
    schedule: {
      enabled: true,
      rule: 'every 6h',
      timeZone: 'UTC',
      afterChanges: true,
      nextAt: null,
      afterChangesAt: null,
      lastAt: null,
    },
    alerts: [],
    storage: { backups: 1, usedBytes: 1, freeBytes: 1, volumeBytes: 3, bytesPerDay: 0, fullInDays: null },
    ...more,
  };
}

const kinds = (more: Partial<Evidence>) => verdictOf(evidence(more), null).tasks.map(({ kind }) => kind);

test('it is green only when nothing is to be done', () => {
  assert.deepEqual(verdictOf(evidence(), null), { level: 'good', tasks: [] });
});

test('it is red without a verified backup, and names what is damaged', () => {
  const restorable = {
    ok: false,
    newest: null,
    drilledAt: null,
    rtoMs: null,
    rpoMs: null,
    behindSince: null,
    talkBehind: null,
  };
  const damaged = { ...listed(BACKUP_TIME), state: 'damaged' as const };
  const { level, tasks } = verdictOf(evidence({ restorable, backups: [damaged] }), null);
  assert.equal(level, 'bad');
  assert.deepEqual(
    tasks.map(({ kind }) => kind),
    ['no-verified', 'damaged'],
  );
});

test('it is amber when there was no drill, when the schedule rests, when a part is down, and when the volume fills', () => {
  const { restorable, schedule, storage } = evidence();
  assert.ok(schedule);
  assert.deepEqual(kinds({ restorable: { ...restorable, drilledAt: null } }), ['not-drilled']);
  assert.deepEqual(kinds({ schedule: { ...schedule, enabled: false } }), ['schedule-off']);
  assert.deepEqual(kinds({ parts: [{ name: 'chroma', state: 'down', detail: 'gone', words: null }] }), ['part-down']);
  assert.deepEqual(kinds({ storage: { ...storage, fullInDays: 3.7 } }), ['full-soon']);
  const unverified = { ...listed(BACKUP_TIME + 1), state: 'unverified' as const };
  assert.deepEqual(kinds({ backups: [unverified, listed(BACKUP_TIME)] }), ['unverified']);
  const live = { parts: [{ name: 'discord', state: 'down', detail: '', words: null }], alerts: [] };
  assert.deepEqual(verdictOf(evidence(), live).level, 'warn', 'what is told live goes before the last look');
});

test('an alert is a part of the verdict, which is never green beside it, and what it says is not said twice', () => {
  const alert = (key: string, severity: string) => ({
    key,
    severity,
    words: { en: key, ja: key },
    since: iso(BACKUP_TIME),
  });
  const volume = verdictOf(evidence({ alerts: [alert('volume:/data', 'critical')] }), null);
  assert.deepEqual([volume.level, volume.tasks.map(({ kind }) => kind)], ['bad', ['alert']]);
  assert.equal(verdictOf(evidence({ alerts: [alert('gemini:quota', 'warning')] }), null).level, 'warn');
  const { storage, parts } = evidence();
  const full = { alerts: [alert('disk:/data', 'warning')], storage: { ...storage, fullInDays: 3 } };
  assert.deepEqual(kinds(full), ['alert']);
  assert.equal(verdictOf(evidence(full), { parts, alerts: [] }).tasks[0]?.kind, 'full-soon', 'over by now');
});

test('a backup is old when the schedule should have made another, and not before', () => {
  const { schedule } = evidence();
  assert.ok(schedule);
  const after = (hours: number, rule: string) =>
    kinds({ now: iso(BACKUP_TIME + hours * HOUR_MS), schedule: { ...schedule, rule } });
  assert.deepEqual(after(25, 'every 6h'), []);
  assert.deepEqual(after(27, 'every 6h'), ['backup-old']);
  assert.deepEqual(after(6 * 24, 'weekly sun 02:00'), []);
  assert.deepEqual(after(8 * 24, 'weekly sun 02:00'), ['backup-old', 'drill-old']);
});

test('the newest is the one that would be restored, whatever others are dated', () => {
  const later = listed(BACKUP_TIME + 400 * 24 * HOUR_MS, { standing: 'foreign' });
  const old = { now: iso(BACKUP_TIME + 27 * HOUR_MS), backups: [later, listed(BACKUP_TIME)] };
  assert.deepEqual(kinds(old), ['backup-old']);
});

test('durations, ages and sizes are as short as they can be, in both languages', () => {
  assert.deepEqual(
    [400, 7_200, 41_000, 90_000, 26 * HOUR_MS, 12 * 24 * HOUR_MS].map((ms) => plain(duration(ms, 'en'))),
    ['0.4 s', '7.2 s', '41 s', '1 min 30 s', '1 d 2 h', '12 d'],
  );
  assert.equal(duration(26 * HOUR_MS, 'ja'), '1日2時間');
  assert.deepEqual([plain(ago(3 * HOUR_MS, 'en')), ago(3 * HOUR_MS, 'ja')], ['3 h ago', '3時間前']);
  assert.deepEqual([ago(2_000, 'en'), ago(2_000, 'ja')], ['just now', 'たった今']);
  const ahead400 = -400 * 24 * HOUR_MS;
  assert.deepEqual(
    [plain(ago(ahead400, 'en')), ago(ahead400, 'ja')],
    ['400 d ahead of the clock', '時計より400日先'],
    'what is dated ahead is not just made',
  );
  assert.deepEqual([plain(ahead(50 * HOUR_MS, 'en')), ahead(50 * HOUR_MS, 'ja')], ['in 2 d', 'あと2日']);
  assert.deepEqual(
    [0, 999, 1_000, 9_949_999, 141_000_000, 1_410_000_000].map((size) => plain(bytes(size))),
    ['0 B', '999 B', '1.0 kB', '9.9 MB', '141 MB', '1.4 GB'],
  );
  assert.deepEqual([plain(percent(3, 4)), percent(0, 0)], ['75 %', '–']);
});

test('every rule of the schedule comes out of the form as it went in, and is said in words', () => {
  for (const rule of ['every 10m', 'every 6h', 'daily 02:00', 'weekly sun 02:00', 'monthly 28 23:59'])
    assert.equal(ruleText(ruleForm(rule)), rule);
  assert.equal(ruleInWords('every 1h', 'en'), 'every hour');
  assert.equal(ruleInWords('weekly sun 02:00', 'en'), 'every Sunday at 02:00');
  assert.equal(ruleInWords('weekly sun 02:00', 'ja'), '毎週日曜日 02:00');
  assert.equal(ruleInWords('monthly 1 02:00', 'ja'), '毎月 1 日 02:00');
  assert.deepEqual([intervalMs('every 30m'), intervalMs('every 12h')], [HOUR_MS / 2, 12 * HOUR_MS]);
});
