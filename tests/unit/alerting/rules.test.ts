import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { BackupEntry, Check } from '../../../src/backup/model.ts';
import { AppError, wordsIn } from '../../../src/errors.ts';
import { databaseTrouble } from '../../../src/health/alerting/rules/database-trouble.ts';
import { discordTrouble } from '../../../src/health/alerting/rules/discord-trouble.ts';
import { failedBackup } from '../../../src/health/alerting/rules/failed-backup.ts';
import { failedDrill } from '../../../src/health/alerting/rules/failed-drill.ts';
import { failedStart } from '../../../src/health/alerting/rules/failed-start.ts';
import { fullDisk, type Disk } from '../../../src/health/alerting/rules/full-disk.ts';
import { geminiTrouble } from '../../../src/health/alerting/rules/gemini-trouble.ts';
import { grownBackup } from '../../../src/health/alerting/rules/grown-backup.ts';
import { indexTrouble, recentSamples, type IndexSample } from '../../../src/health/alerting/rules/index-trouble.ts';
import { ALERT_KEYS } from '../../../src/health/alerting/rules/keys.ts';
import { staleBackup } from '../../../src/health/alerting/rules/stale-backup.ts';
import { tokenTrouble } from '../../../src/health/alerting/rules/token-trouble.ts';
import type { Alert, PartStatus } from '../../../src/health/ports.ts';
import { entryOf } from '../../support/fake-backups.ts';

const NOW = Date.UTC(2026, 10, 21, 9, 30);
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const english = (alert: Alert | null | undefined): string => (alert ? wordsIn('en', alert.words) : 'nothing');

test('a backup that fails is told with its reason; one that had to wait or was called off is not', () => {
  const alert = failedBackup('scheduled', new AppError('limit', { en: '210 MB are free.', ja: '空き 210 MB' }));
  assert.match(english(alert), /^The scheduled backup failed: 210 MB are free\. The older backups are whole/);
  assert.match(wordsIn('ja', alert?.words ?? ''), /定期バックアップに失敗しました：空き 210 MB/);
  assert.equal(alert?.severity, 'critical');
  assert.match(english(failedBackup('manual', new TypeError('secret stack'))), /The log has the error/);
  assert.equal(failedBackup('manual', new AppError('busy', 'busy')), null);
  assert.equal(failedBackup('scheduled', new AppError('aborted', 'stopped')), null);
});

test('the newest verified backup may be as old as was set, and not a millisecond older', () => {
  const age = { behindSince: null, watchedSince: 0, maxAgeMs: 12 * HOUR_MS, now: NOW };
  assert.equal(staleBackup({ ...age, newestAt: NOW - 12 * HOUR_MS }), null);
  const stale = staleBackup({ ...age, newestAt: NOW - 12 * HOUR_MS - 1 });
  assert.match(english(stale), /^The newest verified backup is 12 h old/);
  assert.equal(staleBackup({ ...age, newestAt: NOW - DAY_MS, maxAgeMs: null }), null, 'nobody expects any');
});

test('what no backup has counts as well, whatever the date of the newest one', () => {
  const fresh = { newestAt: NOW - MINUTE_MS, watchedSince: 0, maxAgeMs: 12 * HOUR_MS, now: NOW };
  assert.equal(staleBackup({ ...fresh, behindSince: NOW - 12 * HOUR_MS }), null);
  const stale = staleBackup({ ...fresh, behindSince: NOW - 13 * HOUR_MS });
  assert.match(english(stale), /^What the bot was taught in the last 13 h is in no verified backup/);
  assert.match(wordsIn('ja', stale?.words ?? ''), /^直近13時間の間に学習した内容が/);
  assert.equal(staleBackup({ ...fresh, behindSince: NOW - 13 * HOUR_MS, maxAgeMs: null }), null, 'nobody expects any');
});

test('without any backup the time counts from when somebody began to look', () => {
  const never = { newestAt: null, behindSince: 0, maxAgeMs: HOUR_MS, now: NOW };
  assert.equal(staleBackup({ ...never, watchedSince: NOW - HOUR_MS }), null);
  assert.match(
    english(staleBackup({ ...never, watchedSince: NOW - 61 * MINUTE_MS })),
    /no verified backup, 1 h 1 min after/,
  );
});

test('a backup more than twice as large as the one before is told, from 10 MB on', () => {
  const backups = (...sizes: number[]) =>
    sizes.map((sizeBytes, at): Pick<BackupEntry, 'name' | 'sizeBytes' | 'state'> => {
      return { name: `b${at}`, sizeBytes, state: 'good' };
    });
  assert.equal(grownBackup([], null), null);
  assert.equal(grownBackup(backups(500e6), null), null, 'there is nothing to compare it with');
  assert.equal(grownBackup(backups(100e6, 50e6), null), null);
  assert.match(english(grownBackup(backups(100e6 + 1, 50e6), null)), /^b0 takes 100 MB, and the one before took 50 MB/);
  assert.equal(grownBackup(backups(9_999_999, 1e6), null), null);
  assert.notEqual(grownBackup(backups(10e6, 1e6), null), null);
  const [newest, damaged, before] = backups(100e6, 1, 60e6);
  assert.ok(newest && damaged && before);
  assert.equal(grownBackup([newest, { ...damaged, state: 'damaged' }, before], null), null);
});

test('a backup may be as large as BACKUP_MAX_MB, and not a byte larger', () => {
  const one = (sizeBytes: number) => [{ name: 'b', sizeBytes, state: 'good' as const }];
  assert.equal(grownBackup(one(50e6), 50e6), null);
  assert.match(english(grownBackup(one(50e6 + 1), 50e6)), /more than the 50 MB of BACKUP_MAX_MB/);
});

test('the last rehearsal of a restore decides, whichever backup came after it', () => {
  const drilled = (at: number, drill: Check | null): BackupEntry => {
    const entry = entryOf(at);
    return { ...entry, sidecar: entry.sidecar === null ? null : { ...entry.sidecar, drilled: drill } };
  };
  const good: Check = { at: NOW, ok: true, durationMs: 1, problems: [] };
  const bad: Check = { at: NOW, ok: false, durationMs: 1, problems: ['3 documents are missing'] };
  assert.equal(failedDrill([]), null);
  assert.equal(failedDrill([drilled(NOW, null)]), null);
  assert.equal(failedDrill([drilled(NOW, good), drilled(NOW - 1000, bad)]), null);
  const alert = failedDrill([drilled(NOW, null), drilled(NOW - 1000, bad), drilled(NOW - 2000, good)]);
  assert.match(english(alert), /was rehearsed and failed: 3 documents are missing/);
});

test('a disk is told of at 80, 90 and 95 %, and again below each only when it is 2 points lower', () => {
  const disk: Disk = { path: '/data', usedBytes: 0, totalBytes: 1000, fullInDays: null, saidLevel: 0, now: NOW };
  const levelAt = (perMille: number, saidLevel = 0) =>
    fullDisk({ ...disk, usedBytes: perMille, saidLevel })?.level ?? 0;
  assert.deepEqual(
    [799, 800, 899, 900, 949, 950, 1000].map((used) => levelAt(used)),
    [0, 80, 80, 90, 90, 95, 95],
  );
  assert.deepEqual([levelAt(780, 80), levelAt(779, 80)], [80, 0]);
  assert.deepEqual([levelAt(930, 95), levelAt(929, 95)], [95, 90]);
  assert.equal(fullDisk({ ...disk, usedBytes: 949 })?.severity, 'warning');
  assert.equal(fullDisk({ ...disk, usedBytes: 950 })?.severity, 'critical');
  assert.equal(fullDisk({ ...disk, totalBytes: 0, usedBytes: 0 }), null);
});

test('where the backups grow, the day is told on which the disk is full', () => {
  const disk = { path: '/data', usedBytes: 9.1e9, totalBytes: 10e9, fullInDays: 12, saidLevel: 0, now: NOW };
  const alert = fullDisk(disk);
  assert.match(
    english(alert),
    /^The disk of \/data is 91 % full, 900 MB are free\. .* in about 12 days, on 2026-12-03/,
  );
  assert.match(wordsIn('ja', alert?.words ?? ''), /約12日後（2026-12-03）/);
  assert.doesNotMatch(english(fullDisk({ ...disk, fullInDays: null })), /days/);
});

test('an index that restarts more than three times in ten minutes, or is down for more than two, is told of', () => {
  const look = (minute: number, restarts: number, isUp = true): IndexSample => ({
    at: minute * MINUTE_MS,
    isUp,
    restarts,
  });
  const keys = (samples: IndexSample[], downSince: number | null = null) =>
    indexTrouble(samples, downSince).map(({ key }) => key);
  assert.deepEqual(keys([look(0, 0), look(1, 3)]), []);
  assert.deepEqual(keys([look(0, 0), look(1, 3), look(2, 4)]), ['chroma:restarting']);
  assert.deepEqual(keys([look(0, 0), look(1, 4), look(12, 4)]), [], 'that was more than ten minutes ago');
  assert.deepEqual(keys([look(0, 7), look(1, 0), look(2, 3)]), [], 'after a restore it is another server');
  assert.deepEqual(keys([look(0, 0, false), look(2, 0, false)], 0), []);
  assert.deepEqual(keys([look(0, 0, false), look(2.01, 0, false)], 0), ['chroma:down']);
  assert.deepEqual(
    indexTrouble([look(0, 0)], null, { isMending: true, failure: null }).map(({ key }) => key),
    ['chroma:lost'],
  );
  assert.equal(recentSamples([look(0, 0), look(1, 0), look(11, 0)], 11 * MINUTE_MS).length, 2);
});

test('a database that takes nothing is told of; one that somebody else writes to is not', () => {
  assert.equal(databaseTrouble(null), null);
  assert.equal(databaseTrouble(new AppError('busy', 'locked')), undefined);
  const alert = databaseTrouble(new AppError('limit', 'The disk is full.'));
  assert.match(english(alert), /does not take what is written: The disk is full/);
});

test("Gemini's day quota is told of until it is back, a minute's is not, and a refused key is critical", () => {
  const part = (code: 'limit' | 'config' | 'unavailable', retryAt: number | null): PartStatus => {
    return {
      name: 'generator',
      state: 'degraded',
      detail: 'gemini: why',
      words: { en: 'why', ja: '理由' },
      failure: { code, retryAt },
    };
  };
  const keys = (parts: PartStatus[], known: string[] = []) => geminiTrouble(parts, NOW, known).map(({ key }) => key);
  assert.deepEqual(keys([{ name: 'embedder', state: 'ok', detail: 'fine' }]), []);
  assert.deepEqual(keys([part('limit', NOW + 10 * MINUTE_MS - 1)]), []);
  assert.deepEqual(keys([part('limit', NOW + 10 * MINUTE_MS)]), ['gemini:quota']);
  assert.deepEqual(keys([part('limit', NOW + 1)], ['gemini:quota']), ['gemini:quota']);
  assert.deepEqual(keys([part('limit', NOW)], ['gemini:quota']), []);
  assert.deepEqual(keys([part('unavailable', null)]), []);
  const [refused] = geminiTrouble([part('config', null)], NOW);
  assert.deepEqual([refused?.key, refused?.severity], ['gemini:refused', 'critical']);
  assert.deepEqual(keys([{ ...part('config', null), name: 'discord' }]), []);
});

test('Discord may be away for five minutes; a token that it refuses is told of at once', () => {
  const down: PartStatus = { name: 'discord', state: 'down', detail: 'connecting again' };
  const keys = (part: PartStatus, since: number | null) => discordTrouble(part, since, NOW).map(({ key }) => key);
  assert.deepEqual(keys(down, NOW - 5 * MINUTE_MS), []);
  assert.deepEqual(keys(down, NOW - 5 * MINUTE_MS - 1), ['discord:down']);
  assert.deepEqual(keys({ ...down, state: 'ok' }, null), []);
  assert.deepEqual(keys({ ...down, failure: { code: 'config', retryAt: null } }, NOW), ['discord:refused']);
});

test('a token is told of 14, 7, 3 and 1 days before it expires, and at once when it is refused', () => {
  const token = { state: 'accepted', expiresAt: null, movedTo: null } as const;
  const at = (expiresAt: number | null) => tokenTrouble({ ...token, expiresAt }, NOW, null)?.[0];
  assert.equal(at(null), undefined);
  assert.equal(at(NOW + 14 * DAY_MS + 1), undefined);
  const levels = [14, 8, 7, 3, 1, 0].map((days) => at(NOW + days * DAY_MS));
  assert.deepEqual(
    levels.map((alert) => alert?.level),
    [1, 1, 2, 3, 4, 4],
  );
  assert.deepEqual(
    levels.map((alert) => alert?.severity),
    ['warning', 'warning', 'warning', 'critical', 'critical', 'critical'],
  );
  assert.match(english(levels[2]), /expires in 7 days, on 2026-11-28/);
  assert.equal(tokenTrouble({ ...token, state: 'refused' }, NOW, null)?.[0]?.severity, 'critical');
  const unknown = { ...token, state: 'unknown' } as const;
  assert.equal(tokenTrouble(unknown, NOW, NOW - 3 * DAY_MS + 1), undefined, 'then nothing changes');
  assert.match(english(tokenTrouble(unknown, NOW, NOW - 3 * DAY_MS)?.[0]), /could not be asked for three days/);
});

test('a repository that was renamed or is not seen is told of, beside the end of its token', () => {
  const token = { state: 'accepted', expiresAt: NOW + DAY_MS, movedTo: 'mika/archive' } as const;
  const moved = tokenTrouble(token, NOW, null) ?? [];
  assert.deepEqual(
    moved.map(({ key, severity }) => `${key} ${severity}`),
    ['github:token critical', 'github:repository warning'],
  );
  assert.match(english(moved[1]), /Set GITHUB_DATA_REPO=mika\/archive/);
  const unseen = tokenTrouble({ ...token, state: 'unseen', movedTo: null }, NOW, null) ?? [];
  assert.deepEqual(
    unseen.map(({ key, severity }) => `${key} ${severity}`),
    ['github:token critical', 'github:repository critical'],
  );
});

test('a start that fails is told of, unless it was called off', () => {
  assert.match(
    english(failedStart(new AppError('config', 'The token is wrong.'))),
    /could not start: The token is wrong/,
  );
  assert.equal(failedStart(new AppError('aborted', 'stopped')), null);
});

test('the operations guide says of every key what it means and what to do', async () => {
  for (const [file, heading] of [
    ['operations.md', '## What each alert means'],
    ['operations.ja.md', '## アラートの意味と対処'],
  ] as const) {
    const guide = await readFile(new URL(`../../../docs/${file}`, import.meta.url), 'utf8');
    const section = guide.split(heading)[1]?.split('\n## ')[0] ?? '';
    const keys = [...section.matchAll(/^\| `([^`]+)` +\| +\S.*\| +\S.*\|$/gm)].map(([, key = '']) =>
      key.replace(/…$/, ''),
    );
    assert.deepEqual(keys, [...ALERT_KEYS], file);
  }
});
