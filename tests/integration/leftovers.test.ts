import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeLeftovers } from '../../src/app/leftovers.ts';
import { cleanStale } from '../../src/backup/stale.ts';
import { createLedgerFile } from '../../src/backup/offsite/ledger.ts';
import { parseConfig } from '../../src/config.ts';
import { createTestLog } from '../support/chroma.ts';
import { tempFolder } from '../support/temp-store.ts';

const HOUR_AGO = new Date(Date.now() - 3_600_000);

function leave(folder: string, name: string, at = HOUR_AGO): string {
  writeFileSync(join(folder, name), 'half of it');
  utimesSync(join(folder, name), at, at);
  return name;
}

test('a start removes what killed runs left unfinished beside the database, and nothing of anybody else', async (t) => {
  const folder = tempFolder(t);
  for (const name of ['chroma', 'backups']) mkdirSync(join(folder, name));
  const config = parseConfig({
    DATA_DIR: folder,
    DATABASE_URL: join(folder, 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: join(folder, 'chroma'),
    BACKUP_DIRECTORY: join(folder, 'backups'),
  });
  leave(folder, `.nescordbot-check-${randomUUID()}`);
  leave(join(folder, 'chroma'), `.nescordbot-check-${randomUUID()}`);
  leave(folder, `..bot.db.home.json.${randomUUID()}.partial`);
  leave(folder, `.bot.db.integrity.json.${randomUUID()}.partial`);
  const kept = [
    leave(folder, 'bot.db'),
    leave(folder, '.bot.db.home.json'),
    leave(folder, 'thesis.partial'),
    leave(folder, `.other.db.home.json.${randomUUID()}.partial`),
    leave(folder, `.nescordbot-check-${randomUUID()}`, new Date()), // of a shell that is at work
  ];
  const log = createTestLog();
  await removeLeftovers(config, log);
  assert.deepEqual(readdirSync(folder).sort(), [...kept, 'backups', 'chroma'].sort());
  assert.deepEqual(readdirSync(join(folder, 'chroma')), []);
  assert.equal(log.lines.length, 2);
});

test('a ledger is written under one temporary name, and those of earlier versions go with the next round', async (t) => {
  const folder = tempFolder(t);
  const names: string[] = [];
  for (let at = 0; at < 30; at += 1) names.push(leave(folder, `.ledger.json.${randomUUID()}.partial`));
  leave(folder, 'ledger.json.partial'); // of a write that was interrupted
  const ledger = createLedgerFile(folder, 'vault', createTestLog());
  await ledger.change((current) => current);
  assert.deepEqual(readdirSync(folder).sort(), [...names, 'ledger.json'].sort());
  assert.deepEqual([...(await cleanStale(folder)).removed].sort(), names.sort());
  assert.deepEqual(readdirSync(folder), ['ledger.json']);
});
