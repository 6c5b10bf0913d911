import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { auditedBackups } from '../../src/app/audited-backups.ts';
import { auditFileOf, createAuditLog } from '../../src/app/audit-log.ts';
import { AppError } from '../../src/errors.ts';
import { audited } from '../../src/health/audit-model.ts';
import { createRedaction } from '../../src/log.ts';
import { linesBackwards } from '../../src/log/lines-backwards.ts';
import { createScriptedBackups } from '../support/fake-backups.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { tempFolder } from '../support/temp-store.ts';

const NOW = 1_700_000_000_000;
const redact = createRedaction(['planted-secret-1234']);

test('every attempt is a line of the log and one of the file, and pages go back to the first', async (t) => {
  const folder = tempFolder(t);
  const databaseFile = join(folder, 'bot.db');
  const { log, lines } = recordingLog();
  await using trail = createAuditLog({ databaseFile, redact, log, clock: () => NOW, maxBytes: 1500 });
  for (let number = 0; number < 25; number += 1) {
    trail.record({ action: `backups pin ${number}`, outcome: 'done', by: String(number % 2), guild: 'g' }, 'discord');
    if (number === 12) await trail.page({ before: null, limit: 1 });
  }
  await trail.page({ before: null, limit: 1 });
  // What a power cut tears, or a hand spoils, hides nothing else.
  await appendFile(auditFileOf(databaseFile), '{"at":"2026-\nnonsense\n{"at":"soon","from":"cli"}\n');
  const seen: string[] = [];
  let before: number | null = null;
  do {
    const { records, next } = await trail.page({ before, limit: 10 });
    seen.push(...records.map(({ action }) => action));
    before = next;
  } while (before !== null);
  assert.deepEqual(
    seen,
    Array.from({ length: 25 }, (_, number) => `backups pin ${24 - number}`),
  );
  assert.equal((await trail.by('1')).length, 12);
  assert.equal(lines.filter(({ message }) => message === 'audit').length, 25);
  const files = (await readdir(folder)).filter((name) => name.startsWith('bot.db.audit.jsonl'));
  assert.ok(files.length > 1, 'it was begun anew when it was full');
  for (const name of files) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
});

test('whoever tries all day what they may not pushes no record out: of many a few are kept, and their number', async (t) => {
  const { log, lines } = recordingLog();
  let now = NOW;
  const databaseFile = join(tempFolder(t), 'bot.db');
  await using trail = createAuditLog({ databaseFile, redact, log, clock: () => now });
  const denied = (by: string) => trail.record({ action: 'POST /api/backup/create', outcome: 'denied', by }, 'api');
  trail.record({ action: 'restore', outcome: 'done', by: 'api:reader' }, 'api');
  for (let time = 0; time < 600; time += 1) denied('api:reader');
  denied('api:other');
  now += 60_000;
  for (let time = 0; time < 2; time += 1) denied('api:reader');
  const { records } = await trail.page({ before: null, limit: 100 });
  assert.deepEqual(
    records.map(({ by, outcome, detail }) => [by, outcome, detail]),
    [
      ['api:reader', 'denied', undefined],
      ['api:reader', 'denied', 'and 595 more, not recorded'],
      ['api:other', 'denied', undefined],
      ...Array.from({ length: 5 }, () => ['api:reader', 'denied', undefined]),
      ['api:reader', 'done', undefined],
    ],
  );
  assert.equal(lines.filter(({ level }) => level === 'info').length, records.length);
});

test('what a shell command records beside the bot is found there, too', async (t) => {
  const databaseFile = join(tempFolder(t), 'bot.db');
  const { log } = recordingLog();
  const options = { databaseFile, redact, log, clock: Date.now };
  await using bot = createAuditLog(options);
  await using shell = createAuditLog(options);
  await audited(shell.at('cli'), { action: 'backup', by: 'cli' }, async () => undefined);
  const refused = audited(shell.at('cli'), { action: 'restore', by: 'cli' }, async () => {
    throw new AppError('conflict', 'A bot is running.');
  });
  await assert.rejects(refused, /A bot is running/);
  await assert.rejects(
    audited(bot.at('api'), { action: 'backup', by: 'api:ops' }, () =>
      Promise.reject(new Error('defect at planted-secret-1234')),
    ),
  );
  await shell.page({ before: null, limit: 1 });
  const { records } = await bot.page({ before: null, limit: 10 });
  const told = records.map(({ from, by, outcome, detail }) => [from, by, outcome, detail]);
  assert.equal(told.length, 3);
  assert.ok(told.some((one) => one.join() === 'cli,cli,done,'));
  assert.ok(told.some((one) => one.join() === 'cli,cli,refused,A bot is running.'));
  assert.ok(told.some((one) => one.join() === 'api,api:ops,failed,defect at •••'));
});

test('a file is read from its end, whatever its lines hold and wherever a piece of it begins', async (t) => {
  const file = join(tempFolder(t), 'lines');
  const lines = Array.from({ length: 3000 }, (_, number) => `${number} ${'日本語のことば'.repeat(number % 9)}`);
  await appendFile(file, `${lines.join('\n')}\n`);
  const found: string[] = [];
  for await (const line of linesBackwards(file)) found.push(line);
  assert.deepEqual(found.reverse(), lines);
  assert.equal((await readFile(file)).length > 3 * 64 * 1024, true);
  for await (const line of linesBackwards(`${file}.absent`)) assert.fail(line);

  // What a power cut leaves of a page, or a hand, is neither held in memory nor in the way; a pipe is not waited for.
  const torn = `${file}.torn`;
  await appendFile(torn, `first\n${'\0'.repeat(3 * 1024 * 1024)}\nlast\n`);
  const left: string[] = [];
  for await (const line of linesBackwards(torn)) left.push(line);
  assert.deepEqual(left, ['last', 'first']);
  execFileSync('mkfifo', [`${file}.pipe`]);
  for await (const line of linesBackwards(`${file}.pipe`)) assert.fail(line);
});

test('what the bot does by itself is recorded once, with the name of the backup that came of it', async (t) => {
  const { log, lines } = recordingLog();
  await using trail = createAuditLog({ databaseFile: join(tempFolder(t), 'bot.db'), redact, log, clock: () => NOW });
  const script = createScriptedBackups();
  const manager = auditedBackups(script.backups, trail.at('bot'));
  const by = { id: 'schedule', name: 'schedule' };
  const { entry } = await manager.create({ kind: 'scheduled', reason: null, by });
  await manager.verify(entry.name, { drill: true, by });
  await assert.rejects(manager.verify('nescordbot_backup_20200101_000000', { by }));
  const { records } = await trail.page({ before: null, limit: 10 });
  assert.deepEqual(
    records.map(({ from, by: who, action, outcome, backup, detail }) => [from, who, action, outcome, backup, detail]),
    [
      ['bot', 'schedule', 'backups verify', 'refused', 'nescordbot_backup_20200101_000000', records[0]?.detail],
      ['bot', 'schedule', 'backups drill', 'done', entry.name, undefined],
      ['bot', 'schedule', 'backup', 'done', entry.name, 'scheduled'],
    ],
  );
  assert.equal(lines.length, 3);
});
