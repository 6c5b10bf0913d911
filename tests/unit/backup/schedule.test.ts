import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, isAppError } from '../../../src/errors.ts';
import type { BackupManager, CreateRequest, CreateResult } from '../../../src/backup/api.ts';
import type { BackupEntry, Sidecar } from '../../../src/backup/model.ts';
import { formatName } from '../../../src/backup/name.ts';
import type { Cron } from '../../../src/backup/ports.ts';
import { nextDue, parseRule, whenDue } from '../../../src/backup/schedule-rule.ts';
import { openSchedule } from '../../../src/backup/schedule.ts';
import { createCron } from '../../../src/adapters/cron/cron.ts';
import { backupSchedule } from '../../../src/config/values.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.UTC(2026, 10, 21, 9, 30);
const NOON = Date.UTC(2026, 10, 21, 12);
const RULES = [
  'every 10m',
  'every 6h',
  'every 24h',
  'daily 02:30',
  'weekly sun 02:00',
  'monthly 1 02:00',
  'monthly 28 23:59',
];
const iso = (at: number): string => new Date(at).toISOString();

test('the rules that the configuration allows are those that the schedule understands', () => {
  for (const rule of RULES) assert.equal(parseRule(rule).text, backupSchedule(rule));
  for (const rule of [
    'every 5h',
    'every 60m',
    'daily',
    'daily mon 02:00',
    'weekly 02:00',
    'monthly 29 02:00',
    'x',
    '',
  ]) {
    assert.throws(
      () => parseRule(rule),
      (error) => isAppError(error, 'invalid'),
      rule,
    );
    assert.throws(() => backupSchedule(rule), /a rule such as every 6h/, rule);
  }
});

test('a rule comes due in its time zone, when the clocks change too', () => {
  const due = (rule: string, zone: string, after: string) => iso(nextDue(parseRule(rule), zone, Date.parse(after)));
  assert.equal(due('every 6h', 'UTC', '2026-11-21T09:30:00Z'), '2026-11-21T12:00:00.000Z');
  assert.equal(due('every 6h', 'UTC', '2026-11-21T12:00:00Z'), '2026-11-21T18:00:00.000Z');
  assert.equal(due('daily 02:00', 'Asia/Tokyo', '2026-11-21T09:30:00Z'), '2026-11-21T17:00:00.000Z');
  assert.equal(due('weekly sun 02:00', 'UTC', '2026-11-21T09:30:00Z'), '2026-11-22T02:00:00.000Z');
  assert.equal(due('monthly 1 02:00', 'Europe/Berlin', '2026-11-21T09:30:00Z'), '2026-12-01T01:00:00.000Z');
  // 02:30 does not exist on that day; the clocks show 03:30 then.
  assert.equal(due('daily 02:30', 'Europe/Berlin', '2026-03-28T12:00:00Z'), '2026-03-29T01:30:00.000Z');
  // 02:30 comes twice; once is enough.
  assert.equal(due('daily 02:30', 'Europe/Berlin', '2026-10-24T12:00:00Z'), '2026-10-25T00:30:00.000Z');
  assert.equal(due('daily 02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z'), '2026-10-26T01:30:00.000Z');
});

/** Every minute of a clock that the test sets; the calls of what is due. */
function openMinutes(rule: string, timeZone: string, start: string) {
  const time = { now: Date.parse(start) };
  const calls: string[] = [];
  let tick = (): void => assert.fail('nobody asked for the minutes');
  const cron: Cron = {
    schedule(_expression, _timeZone, look) {
      tick = look;
      return () => undefined;
    },
  };
  whenDue({ rule, timeZone }, { cron, clock: () => time.now }, () => calls.push(iso(time.now)));
  return {
    calls,
    pass(until: string): void {
      while (time.now < Date.parse(until)) {
        time.now += MINUTE_MS;
        tick();
      }
    },
    sleep(until: string): void {
      time.now = Date.parse(until);
      tick();
    },
  };
}

test('each day has its backup at the time that was said, also when the clocks skip that time or show it twice', () => {
  const skipped = openMinutes('daily 02:00', 'America/New_York', '2027-03-14T06:30:00Z');
  skipped.pass('2027-03-14T08:30:00Z');
  skipped.sleep('2027-03-15T05:30:00Z');
  skipped.pass('2027-03-15T07:30:00Z');
  assert.deepEqual(skipped.calls, ['2027-03-14T07:00:00.000Z', '2027-03-15T06:00:00.000Z']);
  const twice = openMinutes('weekly sun 02:30', 'Europe/Berlin', '2026-10-25T00:00:00Z');
  twice.pass('2026-10-25T03:00:00Z');
  twice.sleep('2026-11-01T00:00:00Z');
  twice.pass('2026-11-01T03:00:00Z');
  assert.deepEqual(twice.calls, ['2026-10-25T00:30:00.000Z', '2026-11-01T01:30:00.000Z']);
});

test('an interval is no longer where the clocks are put back, and no shorter where they are put forward', () => {
  const hours = (rule: string, timeZone: string, start: string, end: string) => {
    const minutes = openMinutes(rule, timeZone, start);
    minutes.pass(end);
    return minutes.calls.map((at) => at.slice(11, 16));
  };
  const back = hours('every 30m', 'Europe/Berlin', '2026-10-24T23:40:00Z', '2026-10-25T02:40:00Z');
  assert.deepEqual(back, ['00:00', '00:30', '01:00', '01:30', '02:00', '02:30']);
  const forth = hours('every 30m', 'Europe/Berlin', '2027-03-27T23:40:00Z', '2027-03-28T02:40:00Z');
  assert.deepEqual(forth, ['00:00', '00:30', '01:00', '01:30', '02:00', '02:30']);
});

test('a machine that slept through several times makes up for them once', () => {
  const minutes = openMinutes('every 10m', 'UTC', '2026-11-21T09:30:00Z');
  minutes.sleep('2026-11-21T17:03:00Z');
  minutes.pass('2026-11-21T17:12:00Z');
  assert.deepEqual(minutes.calls, ['2026-11-21T17:03:00.000Z', '2026-11-21T17:10:00.000Z']);
});

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A schedule whose time, timers and cron the test moves; backups succeed unless told otherwise. */
async function openStage(
  settingsBefore?: unknown,
  scheduledAt: readonly number[] = [],
  behindSince: number | null = null,
) {
  const time = { now: START };
  const timers = new Set<Timer>();
  const made: CreateRequest['kind'][] = [];
  const drilled: string[] = [];
  const failures: Error[] = [];
  const during = { run: (): void => undefined };
  const chance = { next: 0 };
  const minutes = new Set<() => void>();
  let setting = settingsBefore;
  const entry = (at: number, kind: string): BackupEntry => ({
    name: formatName(at),
    sizeBytes: 1,
    createdAt: at,
    state: 'good',
    standing: 'unknown',
    problem: null,
    sidecar: { manifest: { kind } } as Sidecar,
  });
  const uncovered = { since: behindSince };
  const manager: Pick<BackupManager, 'create' | 'list' | 'verify' | 'coverage'> = {
    coverage: async () => ({ behindSince: uncovered.since, talkBehind: 0 }),
    async create({ kind }): Promise<CreateResult> {
      const failure = failures.shift();
      if (failure) throw failure;
      during.run();
      made.push(kind);
      uncovered.since = null;
      return Promise.resolve({ entry: entry(time.now, kind), retention: { kept: [], removed: [] } });
    },
    list: () => Promise.resolve(scheduledAt.map((at) => entry(at, 'scheduled'))),
    verify(name, options) {
      assert.equal(options?.drill, true);
      drilled.push(name);
      return Promise.resolve(entry(time.now, 'scheduled'));
    },
  };
  const quiet = () => undefined;
  const schedule = await openSchedule({
    manager,
    settings: { setting: () => setting, saveSetting: (_scope, _key, value) => void (setting = value) },
    defaults: { enabled: true, rule: 'every 6h', timeZone: 'UTC', afterChanges: true },
    cron: {
      schedule(_expression, _timeZone, look) {
        minutes.add(look);
        return () => void minutes.delete(look);
      },
    },
    later(delayMs, run) {
      const timer = { at: time.now + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    clock: () => time.now,
    random: () => chance.next,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  async function pass(ms: number): Promise<void> {
    const end = time.now + ms;
    for (;;) {
      const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      timers.delete(next);
      time.now = Math.max(time.now, next.at);
      next.run();
      await settle();
    }
    time.now = end;
  }
  /** The next minute begins at that time. */
  async function begin(at: number): Promise<void> {
    time.now = at;
    for (const run of minutes) run();
    await settle();
    await pass(0);
  }
  await settle();
  return {
    schedule,
    uncovered,
    time,
    timers,
    made,
    drilled,
    failures,
    during,
    chance,
    minutes,
    pass,
    begin,
    settle,
    setting: () => setting,
  };
}

test('a scheduled backup is made when its time comes, and drilled', async () => {
  const stage = await openStage();
  assert.deepEqual(stage.made, []);
  assert.equal(stage.schedule.current().nextAt, NOON);
  await stage.begin(NOON - MINUTE_MS);
  assert.deepEqual(stage.made, []);
  await stage.begin(NOON);
  assert.deepEqual(stage.made, ['scheduled']);
  assert.equal(stage.drilled.length, 1);
  const { lastAt, nextAt } = stage.schedule.current();
  assert.equal(lastAt, NOON);
  assert.equal(nextAt, NOON + 6 * HOUR_MS);
});

test('bots with one schedule that share a vault do not name their backups alike: each begins somewhere in the minute', async () => {
  const stage = await openStage();
  stage.chance.next = 0.5;
  await stage.begin(NOON);
  await stage.pass(29_999);
  assert.deepEqual(stage.made, []);
  await stage.pass(1);
  assert.deepEqual(stage.made, ['scheduled']);
  await stage.begin(NOON + 6 * HOUR_MS);
  stage.schedule.change({ enabled: false });
  await stage.pass(MINUTE_MS);
  assert.deepEqual(stage.made, ['scheduled'], 'nothing is made once it is switched off');
});

test('runs that were missed while the bot was down are made up for once', async () => {
  assert.deepEqual((await openStage(undefined, [START - 30 * HOUR_MS])).made, ['scheduled']);
  assert.deepEqual((await openStage(undefined, [START - HOUR_MS])).made, []);
});

test('one that is dated ahead of the clock hides no run that was missed', async () => {
  const ahead = START + 400 * 24 * HOUR_MS;
  const stage = await openStage(undefined, [ahead, START - 30 * HOUR_MS]);
  assert.deepEqual(stage.made, ['scheduled']);
});

test('changes are backed up after a minute of quiet, and not oftener than every ten minutes', async () => {
  const stage = await openStage();
  const dueAt = () => stage.schedule.current().afterChangesAt;
  assert.equal(dueAt(), null);
  stage.schedule.changed();
  assert.equal(dueAt(), START + MINUTE_MS);
  await stage.pass(59_000);
  stage.schedule.changed();
  assert.equal(dueAt(), START + 59_000 + MINUTE_MS);
  await stage.pass(59_000);
  assert.deepEqual(stage.made, []);
  await stage.pass(1_000);
  assert.deepEqual(stage.made, ['after-change']);
  assert.equal(dueAt(), null, 'it is made');
  stage.schedule.changed();
  await stage.pass(9 * MINUTE_MS);
  assert.equal(stage.made.length, 1);
  await stage.pass(MINUTE_MS);
  assert.equal(stage.made.length, 2);
});

test('what is taught while a backup is made is in the next one', async () => {
  const stage = await openStage();
  stage.schedule.changed();
  stage.during.run = () => {
    stage.during.run = () => undefined;
    stage.schedule.changed();
  };
  await stage.pass(MINUTE_MS);
  assert.equal(stage.made.length, 1);
  await stage.pass(10 * MINUTE_MS);
  assert.equal(stage.made.length, 2);
});

test('what no backup has is backed up, whoever changed it and whenever: before the start, beside the bot, in a shell', async () => {
  const stage = await openStage(undefined, [], START - 6_000);
  await stage.pass(60_000);
  assert.deepEqual(stage.made, ['after-change'], 'as if it had been changed at the start');
  await stage.pass(3_600_000);
  stage.uncovered.since = stage.time.now;
  await stage.schedule.look();
  await stage.schedule.look();
  await stage.pass(60_000);
  assert.deepEqual(stage.made, ['after-change', 'after-change']);
  await stage.schedule.look();
  await stage.pass(3_600_000);
  assert.equal(stage.made.length, 2, 'all is covered');
});

test('what was restored is backed up within a minute, however short ago the last backup was', async () => {
  const stage = await openStage();
  stage.schedule.changed();
  await stage.pass(60_000);
  stage.uncovered.since = stage.time.now;
  stage.schedule.reload();
  await stage.pass(60_000);
  assert.deepEqual(stage.made, ['after-change', 'after-change']);
});

test('people who never stop teaching are backed up all the same', async () => {
  const stage = await openStage();
  for (let minute = 0; minute < 30; minute += 1) {
    stage.schedule.changed();
    await stage.pass(30_000);
    stage.schedule.changed();
    await stage.pass(30_000);
  }
  assert.ok(stage.made.length >= 2 && stage.made.length <= 3, String(stage.made.length));
});

test('a failed run is tried again after 1, 2, 4 … minutes, at most an hour; a busy one after a minute', async () => {
  const stage = await openStage();
  stage.failures.push(...Array.from({ length: 9 }, () => new Error('no')));
  stage.failures.push(new AppError('busy', 'a restore runs'));
  const waits: number[] = [];
  await stage.begin(NOON);
  while (stage.made.length === 0) {
    const [timer] = stage.timers;
    assert.ok(timer);
    waits.push((timer.at - stage.time.now) / MINUTE_MS);
    await stage.pass(timer.at - stage.time.now);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60, 1]);
  assert.equal(stage.timers.size, 0);
});

test('a change is kept in the settings, armed at once, and refused in words when it is none', async () => {
  const stage = await openStage();
  const next = stage.schedule.change({ rule: 'Daily 02:00', timeZone: 'asia/tokyo' });
  assert.equal(next.rule, 'daily 02:00');
  assert.equal(iso(next.nextAt ?? 0), '2026-11-21T17:00:00.000Z');
  await stage.begin(NOON);
  assert.deepEqual(stage.made, [], 'the old rule is not in force any more');
  await stage.begin(next.nextAt ?? 0);
  assert.deepEqual(stage.made, ['scheduled']);
  for (const change of [{ rule: 'sometimes' }, { timeZone: 'Mars/Olympus' }]) {
    assert.throws(
      () => stage.schedule.change(change),
      (error) => isAppError(error, 'invalid'),
    );
  }
  assert.equal(stage.schedule.current().rule, 'daily 02:00');
  stage.schedule.change({ enabled: false, afterChanges: false });
  assert.equal(stage.minutes.size, 0);
  assert.equal(stage.schedule.current().nextAt, null);
  stage.schedule.changed();
  await stage.pass(HOUR_MS);
  assert.deepEqual(stage.made, ['scheduled']);
  assert.equal((await openStage(stage.setting())).schedule.current().rule, 'daily 02:00');
  assert.equal((await openStage({ rule: 7 })).schedule.current().rule, 'every 6h');
});

test('once closed, nothing starts any more', async () => {
  const stage = await openStage();
  const [minute] = stage.minutes;
  stage.schedule.changed();
  await stage.schedule.close();
  stage.time.now = NOON;
  minute?.();
  await stage.pass(HOUR_MS);
  assert.deepEqual(stage.made, []);
  assert.equal(stage.minutes.size + stage.timers.size, 0);
});

test('node-cron calls at the times of the expression, somebody looks each minute whatever becomes of the clock, and neither once stopped', async (t) => {
  const Real = Date;
  let now = START + 20_000; // so that the minutes of the process are not the clock's
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  t.after(() => void (globalThis.Date = Real));
  globalThis.Date = class extends Real {
    constructor(at: number | string = now) {
      super(at);
    }
    static override now = (): number => now;
  } as DateConstructor;
  const warnings: string[] = [];
  const log = { debug: () => undefined, warn: (message: string) => void warnings.push(message) };
  let looks: string[] = [];
  const pass = async (ms: number) => {
    looks = [];
    for (let passed = 0; passed < ms; passed += 1000) {
      now += 1000;
      t.mock.timers.tick(1000);
      await Promise.resolve();
    }
  };
  const stop = createCron(log).schedule('*/10 * * * *', 'UTC', () => looks.push(iso(now)));
  await pass(11 * MINUTE_MS);
  assert.equal(looks.filter((at) => at === iso(START + 10 * MINUTE_MS)).length, 1);
  assert.equal(looks.length, 12);
  for (const days of [30, -1]) {
    now += days * 24 * HOUR_MS;
    await pass(11 * MINUTE_MS);
    assert.ok(looks.length >= 11, `${days} days: ${looks.length}`);
  }
  stop();
  await pass(20 * MINUTE_MS);
  assert.deepEqual(looks, []);
  assert.deepEqual(warnings, [], 'what a machine slept through is made up for');
});
