import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditedBackups } from '../../src/app/audited-backups.ts';
import { AppError, type ErrorCode } from '../../src/errors.ts';
import type { AuditEvent } from '../../src/health/audit-model.ts';
import { openTestBot } from '../support/bot.ts';
import { createScriptedBackups } from '../support/fake-backups.ts';
import { createScriptedOffSite } from '../support/fake-off-site.ts';
import { openTestDiscord } from '../support/playground.ts';
import { openScriptedApi } from '../support/scripted-api.ts';

const OUTCOMES: readonly (readonly [ErrorCode, AuditEvent['outcome']])[] = [
  ['limit', 'refused'],
  ['busy', 'refused'],
  ['conflict', 'refused'],
  ['unavailable', 'failed'],
  ['damaged', 'failed'],
];

test('a backup that does not come about has one record, with the same outcome whoever asked for it', async (t) => {
  const there = await openTestDiscord(t);
  const records: AuditEvent[] = [];
  const { script } = await openTestBot(t, there, { audit: (event) => void records.push(event) });
  const api = await openScriptedApi(t);
  const own = createScriptedBackups();
  const bySchedule: AuditEvent[] = [];
  const manager = auditedBackups(own.backups, (event) => void bySchedule.push(event));

  const operator = there.as('operator');
  for (const [code, outcome] of OUTCOMES) {
    const failure = new AppError(code, `Not now: ${code}.`);
    for (const each of [script, api.script, own]) each.failure = failure;
    await operator.command('backup');
    await operator.waitForMessage(({ content }) => content.includes(`Not now: ${code}`));
    const begun = await api.client.call('POST', '/api/backup/create');
    await api.client.follow(String(begun.body['href']));
    const by = { id: 'schedule', name: 'schedule' };
    await assert.rejects(manager.create({ kind: 'scheduled', reason: null, by }), failure);
    for (const seen of [records, api.audits, bySchedule]) {
      const found = seen.splice(0).map((one) => `${one.action} ${one.outcome}: ${one.detail ?? ''}`);
      assert.deepEqual(found, [`backup ${outcome}: Not now: ${code}.`]);
    }
  }
});

test('what goes wrong after a backup was made is neither recorded nor told as a backup that failed', async (t) => {
  const there = await openTestDiscord(t);
  const records: AuditEvent[] = [];
  const { offSite } = createScriptedOffSite();
  const { script } = await openTestBot(t, there, {
    audit: (event) => void records.push(event),
    offSite: { ...offSite, copies: () => Promise.reject(new AppError('unavailable', 'The ledger cannot be read.')) },
  });
  const told = await (await there.as('operator').command('backup')).reply(({ content }) => content.includes('Kept'));
  assert.match(told.content, /^✅ \*\*nescordbot_backup_20261120_020001\*\*[^]*Off-site: not known at the moment$/);
  assert.deepEqual(
    records.map(({ action, outcome, backup }) => [action, outcome, backup]),
    [['backup', 'done', script.entries[0]?.name]],
  );
});

test('what is asked of the API and refused before it is begun is recorded like what fails on its way', async (t) => {
  const { client, script, audits } = await openScriptedApi(t);
  const name = 'nescordbot_backup_20200101_000000';
  const held = Promise.withResolvers<void>();
  script.hold = held.promise;
  const first = await client.call('POST', '/api/backup/create');
  await client.call('POST', '/api/backup/create');
  await client.call('POST', '/api/integrity/check');
  await client.call('POST', '/api/backup/verify', { body: { name } });
  await client.call('POST', `/api/backup/${name}/preview`);
  await client.call('GET', `/api/backup/${name}/download`);
  assert.deepEqual(
    audits.map(({ action, outcome, backup }) => [action, outcome, backup]),
    [
      ['backup', 'refused', undefined],
      ['integrity check', 'refused', undefined],
      ['backups verify', 'refused', name],
      ['restore', 'refused', name],
      ['backups download', 'refused', name],
    ],
  );
  held.resolve();
  await client.follow(String(first.body['href']));
});
