import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openScriptedApi } from '../support/scripted-api.ts';

const NAME = 'nescordbot_backup_20261120_020000';
const words = { en: 'The bucket does not answer.', ja: 'バケットが応答しません。' };

test('copies are sent as a job that keeps no other from beginning, and its result has each vault', async (t) => {
  const { client, offSite, audits } = await openScriptedApi(t);
  const held = Promise.withResolvers<void>();
  offSite.hold = held.promise;
  const of = { vault: 's3', label: 'S3 bot-backups', backup: NAME, doneBytes: 5, totalBytes: 10 } as const;
  offSite.progress = [{ ...of, stage: 'sending' }];
  offSite.results = [{ vault: 's3', label: 'S3 bot-backups', sent: [NAME], removed: [], problems: [words] }];
  const begun = await client.call('POST', '/api/backup/sync');
  assert.equal(begun.status, 202);
  const href = String(begun.body['href']);
  assert.deepEqual((await client.call('GET', href)).body['progress'], {
    stage: 'sending',
    doneBytes: 5,
    totalBytes: 10,
  });
  const made = await client.call('POST', '/api/backup/create');
  assert.equal(made.status, 202, 'a backup waits for no copy');
  await client.follow(String(made.body['href']));
  held.resolve();
  const done = await client.follow(href);
  assert.deepEqual(done['result'], {
    vaults: [{ name: 's3', label: 'S3 bot-backups', sent: [NAME], removed: [], problems: [words] }],
  });
  assert.deepEqual(audits.at(-1), { action: 'backups sync', by: 'api:ops', outcome: 'done' });
  assert.deepEqual(offSite.calls, ['sync']);
});

test('the overview and the metrics say how far behind a vault is, and how full', async (t) => {
  const { client, vaults } = await openScriptedApi(t);
  vaults.push({
    name: 's3',
    label: 'S3 bot-backups',
    backups: ['nescordbot_backup_20261119_020000'],
    others: ['nescordbot_backup_20261120_020000'],
    newest: 'nescordbot_backup_20261119_020000',
    usedBytes: 141_000_000,
    limitBytes: 1_000_000_000,
    problem: words,
    pending: 2,
    behindSince: Date.UTC(2026, 10, 20, 2),
    lastSuccessAt: Date.UTC(2026, 10, 19, 3),
    fullInDays: 40,
    rotten: 1,
    readBackAt: Date.UTC(2026, 10, 20, 4),
    oldestReadBackAt: Date.UTC(2026, 10, 18, 4),
  });
  const { body } = await client.call('GET', '/api/overview');
  const places = (body['backups'] as { copies: string[] }[]).map(({ copies }) => copies);
  assert.deepEqual(places, [['s3'], ['s3']], 'a copy of whatever installation it is');
  const [, s3] = body['copies'] as Record<string, unknown>[];
  assert.deepEqual(
    [
      s3?.['pending'],
      s3?.['behindSince'],
      s3?.['lastSuccessAt'],
      s3?.['fullInDays'],
      s3?.['rotten'],
      s3?.['readBackAt'],
      s3?.['oldestReadBackAt'],
      s3?.['problem'],
      s3?.['problemWords'],
    ],
    [
      2,
      '2026-11-20T02:00:00.000Z',
      '2026-11-19T03:00:00.000Z',
      40,
      1,
      '2026-11-20T04:00:00.000Z',
      '2026-11-18T04:00:00.000Z',
      words.en,
      words,
    ],
  );
  const { text } = await client.call('GET', '/metrics');
  for (const line of [
    'nescordbot_vault_copies{vault="s3"} 1',
    `nescordbot_vault_newest_copy_timestamp_seconds{vault="s3"} ${Date.UTC(2026, 10, 19, 2) / 1000}`,
    'nescordbot_vault_pending{vault="s3"} 2',
    'nescordbot_vault_behind_seconds{vault="s3"} 3600',
    'nescordbot_vault_rotten_copies{vault="s3"} 1',
    `nescordbot_vault_oldest_read_back_timestamp_seconds{vault="s3"} ${Date.UTC(2026, 10, 18, 4) / 1000}`,
    'nescordbot_vault_used_bytes{vault="s3"} 141000000',
    'nescordbot_vault_limit_bytes{vault="s3"} 1000000000',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});

test('the history tells apart what only a vault still has', async (t) => {
  const { client, offSite } = await openScriptedApi(t);
  offSite.elsewhere.push({
    name: 'nescordbot_backup_20261101_020000',
    createdAt: Date.UTC(2026, 10, 1, 2),
    sizeBytes: 90_000_000,
    standing: 'current',
    identity: {
      installationId: '5eed1234-aaaa-bbbb-cccc-000000000000',
      application: null,
      lineage: [{ id: 'timeline-3', number: 3, cause: 'restore', beganAt: '2026-10-30T02:00:00Z', branchedAt: null }],
      position: { knowledge: 1204, talk: 37 },
    },
    kind: 'scheduled',
    reason: null,
    by: null,
    documents: 120,
    drilled: true,
    pinned: false,
    copies: [{ vault: 'github', state: 'verified', at: 0, readAt: 0, sizeBytes: 90_000_000, failure: null }],
  });
  const { body } = await client.call('GET', '/api/backup/history');
  assert.equal(body['total'], 2, 'on this machine');
  assert.deepEqual(body['elsewhere'], [
    {
      name: 'nescordbot_backup_20261101_020000',
      createdAt: '2026-11-01T02:00:00.000Z',
      sizeBytes: 90_000_000,
      kind: 'scheduled',
      reason: null,
      by: null,
      documents: 120,
      drilled: true,
      pinned: false,
      copies: ['github'],
      standing: 'current',
      leftBy: null,
      installationId: '5eed1234-aaaa-bbbb-cccc-000000000000',
      timeline: 3,
      position: { knowledge: 1204, talk: 37 },
      newest: true,
    },
  ]);
  assert.deepEqual(
    (body['backups'] as { newest: boolean }[]).map(({ newest }) => newest),
    [false, false],
    'those here do not say which state they are of',
  );
  const left = { ...offSite.elsewhere[0], standing: 'branch', leftBy: 'import' } as (typeof offSite.elsewhere)[0];
  offSite.elsewhere.splice(0, 1, left);
  const [branch] = (await client.call('GET', '/api/backup/history')).body['elsewhere'] as { leftBy: string }[];
  assert.equal(branch?.leftBy, 'import', 'as of one that is here');
  offSite.elsewhere.length = 0;
  const alone = (await client.call('GET', '/api/backup/history')).body['backups'] as { newest: boolean }[];
  assert.deepEqual(
    alone.map(({ newest }) => newest),
    [true, false],
  );
});
