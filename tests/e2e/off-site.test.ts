import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { CopyView, RemoteBackup, VaultView } from '../../src/backup/offsite/api.ts';
import { openTestBot } from '../support/bot.ts';
import { BACKUP_TIME } from '../support/fake-backups.ts';
import { createScriptedOffSite } from '../support/fake-off-site.ts';
import { openTestDiscord } from '../support/playground.ts';

const HERE = 'nescordbot_backup_20261120_020000';
const GONE = 'nescordbot_backup_20261101_020000';
const failure = {
  since: BACKUP_TIME,
  at: BACKUP_TIME,
  attempts: 2,
  nextAt: BACKUP_TIME + 60_000,
  code: 'unavailable',
  words: { en: 'The bucket does not answer.', ja: 'バケットが応答しません。' },
} as const;
const copy = (vault: CopyView['vault'], state: CopyView['state'], more: Partial<CopyView> = {}): CopyView => ({
  vault,
  state,
  at: BACKUP_TIME,
  readAt: state === 'verified' ? BACKUP_TIME : null,
  sizeBytes: 141_000_000,
  failure: null,
  ...more,
});
const vault = (name: VaultView['name'], label: string, more: Partial<VaultView> = {}): VaultView => ({
  name,
  label,
  lastSuccessAt: BACKUP_TIME,
  listedAt: BACKUP_TIME,
  pending: [],
  behindSince: null,
  trouble: null,
  failures: {},
  quota: null,
  verified: [GONE],
  others: [],
  rotten: [],
  readBack: { bytesPerDay: 100_000_000, newestAt: BACKUP_TIME, oldestAt: BACKUP_TIME },
  newest: GONE,
  running: null,
  ...more,
});
const gone: RemoteBackup = {
  name: GONE,
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
  reason: 'the old rules',
  by: 'schedule',
  documents: 120,
  drilled: true,
  pinned: false,
  copies: [copy('github', 'verified')],
};

async function house(t: TestContext) {
  const there = await openTestDiscord(t);
  const away = createScriptedOffSite();
  const bot = await openTestBot(t, there, { offSite: away.offSite });
  return { there, away, operator: there.as('operator'), ...bot };
}

test('without a vault nothing is said of one, but by the command that sends', async (t) => {
  const { operator } = await house(t);
  const list = await (await operator.command('backups list')).reply();
  assert.doesNotMatch(list.content, /☁️/);
  const sync = await (await operator.command('backups sync')).reply();
  assert.match(sync.content, /A volume is not a backup: set GITHUB_SYNC_ENABLED, S3_BUCKET or VAULT_DIRECTORY/);
});

test('the list and the details say where each copy is, and what only a vault has is there as well', async (t) => {
  const { there, operator, away } = await house(t);
  away.vaults.push(vault('github', 'GitHub mika/bot-data (main)'), vault('s3', 'S3 bot-backups'));
  away.copies.set(HERE, [copy('github', 'verified'), copy('s3', 'failed', { failure })]);
  away.copies.set(GONE, [...gone.copies]);
  away.elsewhere.push(gone);
  const list = await (await operator.command('backups list')).reply();
  const lines = list.content.split('\n');
  assert.match(lines[0] ?? '', /\*\*20261120_020000\*\*.* · ☁️ GitHub ⚠️ S3 \(failed\)$/);
  const line = lines.findIndex((one) => one.includes('20261101_020000'));
  assert.match(
    lines[line] ?? '',
    /^⭐✅🧪 \*\*20261101_020000\*\* .*90 MB · scheduled · schedule · ☁️ only in GitHub$/,
  );
  assert.equal(lines[line + 1], '> the old rules');
  assert.match(list.content, /☁️ off-site ⏳ on its way$/);

  const japanese = await (await there.as('operator', { locale: 'ja' }).command('backups list')).reply();
  assert.match(japanese.content, / · 定期 · スケジュール · ☁️ GitHub のみ$/m, 'as of one that is here');
  away.elsewhere[0] = { ...gone, by: 'cli' };
  assert.match((await (await operator.command('backups list')).reply()).content, / · shell · ☁️ only in GitHub$/m);
  const here = await (await operator.command('backups show', { backup: HERE })).reply();
  assert.match(here.content, /☁️ GitHub mika\/bot-data \(main\) · last read back <t:\d+:R>/);
  assert.match(here.content, /⚠️ S3 bot-backups: The bucket does not answer\. Next attempt: <t:\d+:R>\./);
  const remote = await (await operator.command('backups show', { backup: GONE })).reply();
  assert.match(remote.content, /120 documents\n☁️ GitHub mika/);
  assert.match(
    remote.content,
    /^-# Timeline 3, position 1,204 \(questions and votes 37\), installation 5eed1234: this, not the date, decides/m,
    'as of one that is here',
  );

  const offered = await operator.autocomplete('restore', { backup: '20261101' }, 'backup');
  assert.deepEqual(
    offered.map(({ value }) => value),
    [GONE],
  );
  assert.match(offered[0]?.name ?? '', /^⭐☁️ 20261101_020000 .*only in GitHub · the old rules$/);
  assert.deepEqual(await operator.autocomplete('backups delete', { backup: '20261101' }, 'backup'), []);
});

test('a copy that has rotted is shown as such, and is not offered for a restore', async (t) => {
  const { operator, away } = await house(t);
  const rotten = copy('github', 'rotten', { readAt: BACKUP_TIME - 86_400_000 });
  const found = { name: GONE, foundAt: BACKUP_TIME, wholeAt: rotten.readAt, replacedFrom: null };
  away.vaults.push(vault('github', 'GitHub mika/bot-data (main)', { verified: [], rotten: [found] }));
  away.copies.set(GONE, [rotten]);
  away.elsewhere.push({ ...gone, copies: [rotten] });
  const list = await (await operator.command('backups list')).reply();
  assert.match(list.content, /^⚠️🧪 \*\*20261101_020000\*\* .*⚠️ only in GitHub, rotten$/m);
  const shown = await (await operator.command('backups show', { backup: GONE })).reply();
  assert.match(shown.content, /⚠️ GitHub mika\/bot-data \(main\) · rotten, last whole <t:\d+:R>/);
  assert.doesNotMatch(JSON.stringify(shown.components), /Restore/);
  assert.deepEqual(await operator.autocomplete('restore', { backup: '20261101' }, 'backup'), []);
  const status = await (await operator.command('status')).reply();
  assert.match(status.content, /⚠️ GitHub mika\/bot-data \(main\) · no copy yet · 1 rotten/);
});

test('a sync shows how far each vault is, and ends with what came of it there', async (t) => {
  const { operator, away, lines } = await house(t);
  const [github, s3] = [vault('github', 'GitHub mika/bot-data (main)'), vault('s3', 'S3 bot-backups')];
  const quota = {
    usedBytes: 480_000_000,
    limitBytes: 10_700_000_000,
    bytesPerDay: 0,
    days: { to80: null, to95: null, to100: null },
  };
  away.vaults.push({ ...github, quota }, s3);
  away.progress = [
    {
      vault: 'github',
      label: github.label,
      stage: 'sending',
      backup: HERE,
      doneBytes: 50_000_000,
      totalBytes: 141_000_000,
    },
  ];
  away.results = [
    { vault: 'github', label: github.label, sent: [HERE], removed: ['a', 'b'], problems: [] },
    { vault: 's3', label: s3.label, sent: [], removed: [], problems: [failure.words] },
  ];
  const hold = Promise.withResolvers<void>();
  away.hold = hold.promise;
  const asked = await operator.command('backups sync');
  const under = await asked.reply(({ content }) => content.includes('sending'));
  assert.match(under.content, /^☁️ \*\*Sending copies\*\* · answers and backups go on as usual\n/);
  assert.match(under.content, /> GitHub mika\/bot-data \(main\): sending 20261120_020000 ▰+▱+ 50 MB \/ 141 MB\n/);
  assert.match(under.content, /> S3 bot-backups: waiting$/);
  hold.resolve();
  const done = await asked.reply(({ content }) => content.startsWith('✅'));
  assert.match(
    done.content,
    /^✅ \*\*GitHub mika\/bot-data \(main\)\*\* · 1 sent and read back, 2 old removed · 1 good copy · 480 MB \/ 11 GB\n/,
  );
  assert.match(done.content, /⚠️ \*\*S3 bot-backups\*\* · 1 good copy\n> The bucket does not answer\.$/);
  assert.deepEqual(away.calls, ['sync']);
  assert.ok(lines.some(({ message, details }) => message === 'audit' && JSON.stringify(details).includes('sync')));

  const status = await (await operator.command('status')).reply();
  assert.match(status.content, /☁️ GitHub mika\/bot-data \(main\) · up to date, 1 good copy · 480 MB \/ 11 GB/);
});
