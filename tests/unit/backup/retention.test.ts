import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordsIn } from '../../../src/errors.ts';
import type { BackupEntry, BackupKind, Sidecar } from '../../../src/backup/model.ts';
import { formatName } from '../../../src/backup/name.ts';
import { periodsIn } from '../../../src/backup/periods.ts';
import { planRetention, type RetentionRules } from '../../../src/backup/retention.ts';
import { forecast } from '../../../src/backup/space.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NONE: RetentionRules = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, timeZone: 'UTC' };
const NOW = Date.UTC(2026, 10, 21, 12);

interface Kind {
  readonly state?: BackupEntry['state'];
  readonly kind?: BackupKind;
  readonly pinned?: boolean;
  readonly drilled?: boolean;
  readonly safetyUntil?: number;
  readonly sizeBytes?: number;
  readonly doubtedSince?: number;
}

function backup(at: number | string, what: Kind = {}): BackupEntry {
  const createdAt = typeof at === 'string' ? Date.parse(at) : at;
  const {
    state = 'good',
    kind = 'manual',
    pinned = false,
    safetyUntil = null,
    sizeBytes = 1,
    doubtedSince = null,
  } = what;
  const drilled = what.drilled === true ? { ok: true } : null;
  const sidecar = { manifest: { kind }, pinned, safetyUntil, drilled, doubtedSince } as Sidecar;
  return { name: formatName(createdAt), sizeBytes, createdAt, state, problem: null, standing: 'unknown', sidecar };
}

const keptOf = (entries: readonly BackupEntry[], rules: Partial<RetentionRules>) =>
  planRetention(entries, { ...NONE, ...rules }, NOW).kept.map(({ name }) => name.slice('nescordbot_backup_'.length));

test('the newest of each day is kept, and a day without a backup does not count', () => {
  const entries = [
    '2026-11-20T09:00Z',
    '2026-11-20T21:00Z',
    '2026-11-18T09:00Z',
    '2026-11-10T09:00Z',
    '2026-11-09T09:00Z',
  ].map((at) => backup(at));
  assert.deepEqual(keptOf(entries, { daily: 3 }), ['20261120_210000', '20261118_090000', '20261110_090000']);
});

test('while too few are there the oldest is kept, with the reason', () => {
  const entries = [backup('2026-11-20T21:00Z'), backup('2026-11-20T09:00Z'), backup('2026-11-20T03:00Z')];
  const { kept, removed } = planRetention(entries, { ...NONE, daily: 7 }, NOW);
  assert.deepEqual(
    kept.map(({ reasons }) => reasons.map((reason) => wordsIn('en', reason))),
    [['daily 2026-11-20', 'newest verified'], ['oldest, as fewer than 7 daily are there']],
  );
  assert.equal(removed.length, 1);
  assert.equal(wordsIn('en', removed[0]?.reason ?? ''), 'no rule keeps it: 7 daily are kept');
});

test('every reason is told in Japanese, too', () => {
  const entries = [
    backup('2026-11-21T11:00Z', { state: 'unverified' }),
    backup('2026-11-21T10:00Z', { kind: 'after-change' }),
    backup('2026-11-21T09:00Z', { pinned: true }),
    backup('2026-11-21T08:00Z', { state: 'damaged' }),
    backup('2026-11-21T07:00Z', { safetyUntil: NOW + DAY_MS }),
    backup('2026-11-20T03:00Z'),
    backup('2026-11-20T02:00Z'),
    backup('2026-11-20T01:00Z'),
  ];
  const plan = planRetention(entries, { ...NONE, last: 1, daily: 2, weekly: 2 }, NOW);
  const reasons = [...plan.kept.flatMap((one) => one.reasons), ...plan.removed.map(({ reason }) => reason)];
  const japanese = new Set(reasons.map((reason) => wordsIn('ja', reason)));
  for (const words of [
    '新しい 1 件（未検証）',
    '日ごと（2026-11-21）（変更後）',
    'ピン留め',
    '破損（手動で確認してください）',
    '復元前の自動バックアップ（2026-11-22 まで）',
    '検証済みで最新',
    '最古（週ごとのものが 2 件に満たないため）',
    '保持の対象外（新しいもの 1 件、日ごと 2 件、週ごと 2 件を保持）',
  ])
    assert.ok(japanese.has(words), `${words} in ${[...japanese].join(', ')}`);
  for (const words of japanese) assert.doesNotMatch(words, /[a-z]/, words);
});

test('weeks begin on Monday, and periods are those of the time zone', () => {
  const utc = periodsIn('UTC');
  assert.equal(utc.weekly(Date.parse('2026-11-22T23:59:59Z')), '2026-11-16');
  assert.equal(utc.weekly(Date.parse('2026-11-23T00:00:00Z')), '2026-11-23');
  const tokyo = periodsIn('Asia/Tokyo');
  assert.equal(tokyo.daily(Date.parse('2026-11-30T15:00:00Z')), '2026-12-01');
  assert.equal(tokyo.monthly(Date.parse('2026-11-30T15:00:00Z')), '2026-12');
  assert.equal(tokyo.hourly(Date.parse('2026-11-30T15:00:00Z')), '2026-12-01 00:00');
});

test('the rules are ORed', () => {
  const entries = Array.from({ length: 60 }, (_, index) => backup(NOW - index * DAY_MS));
  assert.deepEqual(keptOf(entries, { last: 2, weekly: 2, monthly: 2 }), [
    '20261121_120000',
    '20261120_120000',
    '20261115_120000',
    '20261031_120000',
  ]);
});

test('an hour of editing does not push out last week, nor do unverified backups push out verified ones', () => {
  const manual = Array.from({ length: 3 }, (_, index) => backup(NOW - (index + 1) * DAY_MS));
  const edits = Array.from({ length: 9 }, (_, index) => backup(NOW - index * 600_000, { kind: 'after-change' }));
  const half = Array.from({ length: 9 }, (_, index) => backup(NOW - index * 7_000_000 - 1000, { state: 'unverified' }));
  const { kept } = planRetention([...manual, ...edits, ...half], { ...NONE, last: 3 }, NOW);
  assert.equal(kept.length, 9);
  for (const { name } of manual)
    assert.ok(
      kept.some((one) => one.name === name),
      name,
    );
});

test('whatever the entries and the rules: the protected stay, and nothing is both kept and removed', () => {
  let seed = 20261121;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 500; round += 1) {
    const times = new Set(Array.from({ length: random(40) }, () => NOW - random(4000) * HOUR_MS));
    const entries = [...times].map((at) =>
      backup(at, {
        state: (['good', 'good', 'good', 'unverified', 'damaged'] as const)[random(5)] ?? 'good',
        kind: random(3) === 0 ? 'after-change' : 'manual',
        pinned: random(8) === 0,
        ...(random(8) === 0 ? { safetyUntil: NOW + (random(20) - 10) * DAY_MS } : {}),
      }),
    );
    const rules = { last: random(4), hourly: random(4), daily: random(4), weekly: random(4), monthly: random(4) };
    const plan = planRetention(
      entries,
      { ...NONE, ...rules, timeZone: random(2) === 0 ? 'UTC' : 'Europe/Berlin' },
      NOW,
    );
    const removed = new Set(plan.removed.map(({ name }) => name));
    assert.equal(plan.kept.length + removed.size, entries.length);
    assert.ok(plan.kept.every(({ name, reasons }) => !removed.has(name) && reasons.length > 0));
    const newest = entries.filter(({ state }) => state === 'good').sort((a, b) => b.createdAt - a.createdAt)[0];
    for (const entry of entries) {
      const { sidecar } = entry;
      const safe = sidecar?.pinned === true || (sidecar?.safetyUntil ?? 0) > NOW;
      if (safe || entry.state === 'damaged' || entry === newest) assert.ok(!removed.has(entry.name), entry.name);
    }
    const generations = (group: (entry: BackupEntry) => boolean) =>
      entries
        .filter((entry) => group(entry) && (entry.sidecar?.safetyUntil ?? 0) <= NOW)
        .sort((a, b) => b.createdAt - a.createdAt);
    const manual = generations(({ state, sidecar }) => state === 'good' && sidecar?.manifest.kind === 'manual');
    for (const { name } of manual.slice(0, rules.last)) assert.ok(!removed.has(name), name);
  }
});

test('the forecast says when growing backups fill the disk, and nothing where they do not grow', () => {
  const growing = Array.from({ length: 5 }, (_, index) =>
    backup(NOW - (4 - index) * DAY_MS, { sizeBytes: 100e6 + index * 1e6 }),
  );
  const { fullInDays, usedBytes, bytesPerDay } = forecast(growing, 200e6);
  assert.ok(Math.abs(bytesPerDay - 5e6) < 1);
  assert.ok(fullInDays !== null && Math.abs(fullInDays - 40) <= 1, String(fullInDays));
  assert.equal(usedBytes, 510e6);
  assert.equal(forecast(growing.slice(0, 2), 200e6).fullInDays, null);
  assert.equal(
    forecast(
      [0, 1, 2].map((day) => backup(NOW - day * DAY_MS, { sizeBytes: 1e6 })),
      200e6,
    ).fullInDays,
    null,
  );
  assert.equal(forecast([], 0).fullInDays, null);
});

test('the newest whose restore was rehearsed stays, however many came since', () => {
  const times = ['2026-11-21T09:00Z', '2026-11-20T09:00Z', '2026-11-19T09:00Z', '2026-11-18T09:00Z'];
  const entries = times.map((at, index) => backup(at, { drilled: index >= 2 }));
  const { kept } = planRetention(entries, { ...NONE, last: 1 }, NOW);
  assert.deepEqual(
    kept.map(({ reasons }) => reasons.map((reason) => wordsIn('en', reason))),
    [['newest 1', 'newest verified'], ['newest drilled']],
  );
});

test('a backup of a clock that ran ahead is kept, and takes the place of none that was made since', () => {
  const entries = [
    backup('2027-11-21T09:00Z', { drilled: true }),
    backup('2026-11-21T09:00Z'),
    backup('2026-11-20T09:00Z', { drilled: true }),
    backup('2026-11-19T09:00Z'),
  ];
  const { kept } = planRetention(entries, { ...NONE, last: 1 }, NOW);
  assert.deepEqual(
    kept.map(({ reasons }) => reasons.map((reason) => wordsIn('en', reason))),
    [['dated ahead of the clock'], ['newest 1', 'newest verified'], ['newest drilled']],
  );
});

test('while the clock is in doubt, what is made under it pushes out nothing that was there', () => {
  const there = ['2026-11-20T09:00Z', '2026-11-19T09:00Z', '2026-10-01T09:00Z'].map((at) => backup(at));
  const rules = { ...NONE, daily: 2, monthly: 2 };
  const before = planRetention(there, rules, NOW).kept.map(({ name }) => name);
  for (const [began, days] of [
    ['2028-01-01T00:00Z', 40],
    ['2026-11-01T00:00Z', 10],
    ['2020-01-01T00:00Z', 40],
  ] as const) {
    const since = Date.parse(began);
    const made = Array.from({ length: days }, (_, day) => {
      const at = since + day * 86_400_000 + 3_600_000;
      return backup(at, { doubtedSince: since });
    });
    const now = since + days * 86_400_000;
    const plan = planRetention([...there, ...made], rules, now, null, since);
    const kept = new Set(plan.kept.map(({ name }) => name));
    assert.deepEqual(before.filter((name) => !kept.has(name)), [], began); // prettier-ignore
    assert.ok(kept.size <= before.length + 5, `${began}: ${kept.size}, so that the disk does not fill up`);
    assert.ok(kept.has(made.at(-1)?.name ?? ''), began);
  }
});

test('a clock that jumps again while it is in doubt pushes out nothing that was there before the doubt', () => {
  const there = ['2026-11-20T09:00Z', '2026-11-19T09:00Z', '2026-10-01T09:00Z'].map((at) => backup(at));
  const rules = { ...NONE, last: 2, daily: 2, monthly: 2 };
  const before = planRetention(there, rules, NOW).kept.map(({ name }) => name);
  const doubtedSince = Date.parse('2028-01-01T00:00Z');
  const made = [
    '2028-01-01T01:00Z',
    '2027-03-01T01:00Z',
    '2027-03-02T01:00Z',
    '2026-11-22T01:00Z',
    '2026-11-23T01:00Z',
  ];
  const entries = [...there, ...made.map((at) => backup(at, { doubtedSince }))];
  const plan = planRetention(entries, rules, Date.parse('2027-03-02T02:00Z'), null, doubtedSince);
  const kept = new Set(plan.kept.map(({ name }) => name));
  assert.deepEqual(before.filter((name) => !kept.has(name)), []); // prettier-ignore
});

test('while the clock is in doubt, the safety backup of a restore stays', () => {
  const safety = backup('2026-11-20T09:00Z', { kind: 'safety', safetyUntil: Date.parse('2026-11-27T09:00Z') });
  const entries = [backup('2026-11-21T09:00Z'), safety];
  const later = NOW + 400 * 86_400_000;
  const kept = (doubtedSince: number | null) =>
    planRetention(entries, { ...NONE, last: 1 }, later, null, doubtedSince).kept.map(({ name }) => name);
  assert.ok(kept(later - 1).includes(safety.name));
  assert.ok(!kept(null).includes(safety.name));
});

test('while the clock is in doubt, a safety backup whose time is over by that clock takes no place of another', () => {
  const safety = backup('2026-11-20T09:00Z', { kind: 'safety', safetyUntil: Date.parse('2026-11-27T09:00Z') });
  const entries = [safety, backup('2026-11-19T09:00Z'), backup('2026-11-18T09:00Z')];
  const later = NOW + 400 * DAY_MS;
  const removed = (doubtedSince: number | null) =>
    planRetention(entries, { ...NONE, last: 2 }, later, null, doubtedSince).removed.map(({ name }) => name);
  assert.deepEqual(removed(later), []);
  assert.deepEqual(removed(null), ['nescordbot_backup_20261118_090000']);
});
