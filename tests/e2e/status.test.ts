import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { AppError } from '../../src/errors.ts';
import type { StatusReport } from '../../src/health/ports.ts';
import type { Library } from '../../src/knowledge/api.ts';
import { inviteLink } from '../../src/discord/invite.ts';
import { openTestBot } from '../support/bot.ts';
import { BACKUP_TIME, entryOf } from '../support/fake-backups.ts';
import { assemble, ended, text } from '../support/knowledge-parts.ts';
import { openTestDiscord } from '../support/playground.ts';
import { tempStore } from '../support/temp-store.ts';

const report: StatusReport = {
  version: '1.2.3',
  startedAt: 0,
  parts: [
    { name: 'sqlite', state: 'ok', detail: '/data/nescordbot.db' },
    { name: 'discord', state: 'ok', detail: 'connected' },
    {
      name: 'embedder',
      state: 'degraded',
      detail: 'out of quota',
      words: { en: 'out of quota', ja: '利用枠を使い切りました' },
    },
  ],
  totals: { guilds: 2, documents: 214, chunks: 18_402 },
  freeBytes: 1_900_000_000,
  volumeBytes: 5_000_000_000,
  folders: [],
};

const quota = { en: 'Gemini is out of quota.', ja: 'Gemini の利用枠を使い切りました。' };

/** A library that knows one document, is reading another, and has a third one wait for the quota. */
async function open(
  t: TestContext,
  change: Partial<Library> = {},
  homeGuildId?: string,
  identity: StatusReport['identity'] = null,
) {
  const there = await openTestDiscord(t);
  const { store } = tempStore(t);
  const { library, runner } = assemble(store);
  const add = (title: string, lines: number) => {
    const content = Array.from({ length: lines }, (_, at) => `${title}, line ${at}`).join('\n');
    return library.add(text(content, { guildId: there.guildId, title, name: `${title}.md` })).job;
  };
  runner.start();
  await ended(library, add('Harbour', 340));
  await runner.stop();
  for (const title of ['Rules *2026*', 'Ferries']) add(title, 2);
  const [reading, waiting] = [store.jobs.takeJob(Date.now()), store.jobs.takeJob(Date.now())];
  store.jobs.updateJob(reading?.id ?? 0, { step: 'embedding', done: 320, total: 1800 });
  store.jobs.requeueJob(waiting?.id ?? 0, 9e12, false, quota);
  const bot = await openTestBot(t, there, {
    health: { status: () => ({ ...report, identity }) },
    ...(homeGuildId === undefined ? {} : { homeGuildId }),
    library: { ...library, ...change },
  });
  return { there, ...bot };
}

test('/status tells those who run the bot of backups, space, jobs and alerts, each in their language', async (t) => {
  const { there, script, alerts } = await open(t);
  alerts.raise({
    key: 'backup:failed',
    severity: 'critical',
    words: { en: 'The last backup failed.', ja: '前回のバックアップに失敗しました。' },
  });
  script.looks.push({
    at: 1_700_000_000_000,
    durationMs: 1,
    findings: [
      { part: 'database', state: 'sound', words: 'fine' },
      { part: 'index', state: 'repaired', words: 'made anew' },
    ],
  });
  const { content } = await (await there.as('operator').command('status')).reply();
  assert.match(content, /🔍 Checked for damage <t:1700000000:R>: something was put right/);
  assert.match(content, /^🟡 \*\*Not all is well\.\*\*\n🚨 The last backup failed\. · <t:1700000000:R>\n/);
  assert.match(content, /🟢 Database, Discord\n🟡 Search by meaning: not fully working \(out of quota\)/);
  assert.match(content, /⏳ \*\*Rules \\\*2026\\\*\*\* Reading 320\/1,800\n/);
  assert.match(content, /⏳ \*\*Ferries\*\* Waiting its turn · goes on <t:9000000000:R> · Gemini is out of quota\./);
  assert.match(content, /💽 Volume: 3\.1 GB of 5\.0 GB used \(62 %\)/);
  assert.match(content, /💾 Newest verified backup: <t:\d+:R> · no restore was ever rehearsed/);
  assert.match(content, /🗓️ Next backup <t:\d+:R> \(every 6 hours, UTC\)/);
  assert.match(
    content,
    /🗄️ 2 backups take 282 MB · at the present rate \(15 MB a day\) their volume is full in about 126 days/,
  );

  const japanese = (await (await there.as('operator', { locale: 'ja' }).command('status')).reply()).content;
  assert.match(japanese, /一部に問題があります。\*\*\n🚨 前回のバックアップに失敗しました。/);
  assert.match(japanese, /🟢 データベース、Discord\n🟡 意味による検索：一部に問題あり（利用枠を使い切りました）/);
  assert.match(japanese, /読んでいます 320\/1,800/);
  assert.match(japanese, /Gemini の利用枠を使い切りました。/);
  assert.match(japanese, /約 126 日でボリュームがいっぱいになります/);
  assert.match(japanese, /最新の検証済みバックアップ：.*復元の予行演習は未実施/);
  assert.match(japanese, /🔍 破損の確認：<t:1700000000:R>（一部を修復しました）/);
  assert.doesNotMatch(japanese, /Reading|Backup|Volume|out of quota/);
});

test('what would be lost is said by what the backups lack, and not by how old they are', async (t) => {
  const { there, script } = await open(t);
  const status = async (locale: 'en' | 'ja') =>
    (await (await there.as('operator', { locale }).command('status')).reply()).content;
  script.coverage = { behindSince: null, talkBehind: 37 };
  assert.match(await status('en'), /🛟 Everything I was taught is backed up; 37 questions and votes since\n/);
  assert.match(await status('ja'), /🛟 学習した内容はすべてバックアップ済みです（その後の質問と評価 37 件）\n/);
  script.coverage = { behindSince: null, talkBehind: 0 };
  assert.match(await status('en'), /🛟 Everything I was taught is backed up\n/);
  script.coverage = { behindSince: Date.UTC(2026, 10, 1), talkBehind: 5 };
  assert.match(await status('en'), /🕒 Not backed up here yet: what I was taught since <t:1793491200:f>\n/);
  assert.match(await status('ja'), /🕒 まだバックアップされていないもの：<t:1793491200:f> 以降に学習した内容\n/);
  for (const behindSince of [Date.now() + 400 * 86_400_000, 0]) {
    script.coverage = { behindSince, talkBehind: 0 };
    assert.match(await status('en'), /⚠️ The newest backup lacks something.*the clock and the backup disagree/);
    assert.match(await status('ja'), /⚠️ 最新のバックアップに含まれていない.*時計とバックアップの日時が食い違う/);
  }
});

test('after a restore it is the restored state that has no backup, and the one that is due soon is told of', async (t) => {
  const timeline = { id: 't', number: 2, cause: 'restore', beganAt: '2026-11-01T00:00:00Z', branchedAt: null } as const;
  const identity = {
    installationId: '5eed1234',
    application: null,
    lineage: [timeline],
    position: { knowledge: 1, talk: 0 },
  };
  const { there, script } = await open(t, {}, undefined, identity);
  const status = async (locale: 'en' | 'ja') =>
    (await (await there.as('operator', { locale }).command('status')).reply()).content;
  script.coverage = { behindSince: Date.UTC(2026, 10, 1), talkBehind: null };
  script.afterChangesAt = BACKUP_TIME + 60_000;
  const [english, japanese] = [await status('en'), await status('ja')];
  assert.match(english, /🕒 The restored state \(since <t:1793491200:f>\) has no backup of its own here yet\n/);
  assert.match(japanese, /🕒 復元後の状態（<t:1793491200:f> 以降）は、まだバックアップされていません\n/);
  const [soon, then] = [BACKUP_TIME / 1000 + 60, BACKUP_TIME / 1000 + 86_400];
  assert.ok(
    english.includes(`🗓️ Next backup <t:${soon}:R>, of what has changed (then <t:${then}:R>: every 6 hours, UTC)\n`),
    english,
  );
  assert.match(
    japanese,
    new RegExp(`次回のバックアップ：<t:${soon}:R>、変更後の自動バックアップ（その次は <t:${then}:R>：`),
  );
  script.afterChangesAt = BACKUP_TIME + 2 * 86_400_000;
  assert.match(await status('en'), new RegExp(`🗓️ Next backup <t:${then}:R> \\(every 6 hours, UTC\\)`));
});

test('the newest backup is the one that would be restored, not the one with the latest date', async (t) => {
  const { there, script } = await open(t);
  const year = 365 * 86_400_000;
  script.entries.unshift(
    entryOf(BACKUP_TIME + year, { standing: 'foreign' }),
    entryOf(BACKUP_TIME + 2 * year, { standing: 'branch', kind: 'safety' }),
  );
  const { content } = await (await there.as('operator').command('status')).reply();
  assert.match(content, new RegExp(`💾 Newest verified backup: <t:${BACKUP_TIME / 1000}:R> ·`));
});

test('moderators of another server than home hear of its parts, and nothing of the machine', async (t) => {
  const { there } = await open(t, {}, '999');
  const { content } = await (await there.as('moderator').command('status')).reply();
  assert.match(content, /🟢 Database, Discord/);
  assert.doesNotMatch(content, /Volume|All servers|Newest verified/);
});

test('members hear how the bot is, and nothing of backups or alerts', async (t) => {
  const { there, alerts } = await open(t);
  alerts.raise({ key: 'x', severity: 'warning', words: 'A secret worry.' });
  const { content } = await (await there.as('member').command('status')).reply();
  assert.match(content, /3 documents · 340 passages/);
  assert.doesNotMatch(content, /worry|Newest verified|Volume|Database|Rules/);
});

test('operators read which model answers in the place of a retired one, once; members are told nothing of prices', async (t) => {
  const words = { en: 'Google answers with another.', ja: '別のモデルが回答しています。' };
  const parts = [{ name: 'generator', state: 'ok', detail: 'x', notes: [{ key: 'model:a:b', words }] }] as const;
  const there = await openTestDiscord(t);
  const { alerts } = await openTestBot(t, there, { health: { status: () => ({ ...report, parts }) } });
  const read = async (level: 'operator' | 'member', locale: 'en' | 'ja' = 'en') =>
    (await (await there.as(level, { locale }).command('status')).reply()).content;
  assert.match(await read('operator'), /All is well[^]*\nℹ️ Google answers with another\.\n/);
  assert.match(await read('operator', 'ja'), /ℹ️ 別のモデルが回答しています。/);
  assert.doesNotMatch(await read('member'), /another/);
  alerts.raise({ key: 'gemini:model:a:b', severity: 'warning', words });
  assert.equal((await read('operator')).split('Google answers').length, 2, 'not once as an alert and once more');
});

test('members are not told that all is well while documents are embedded again', async (t) => {
  const words = { en: 're-embedding: 12 of 65 documents', ja: 'ベクトルを再作成中：65 件中 12 件' };
  const parts = [{ name: 'jobs', state: 'degraded', detail: words.en, words }] as const;
  const there = await openTestDiscord(t);
  await openTestBot(t, there, { health: { status: () => ({ ...report, parts }) } });
  const read = async (locale: 'en' | 'ja') =>
    (await (await there.as('member', { locale }).command('status')).reply()).content;
  assert.match(await read('en'), /Not all is well[^]*Learning: not fully working \(re-embedding: 12 of 65 documents\)/);
  assert.match(await read('ja'), /学習処理：一部に問題あり（ベクトルを再作成中：65 件中 12 件）/);
});

test('without a sound backup /status says so', async (t) => {
  const { there, script } = await open(t);
  script.entries.splice(0);
  const { content } = await (await there.as('operator').command('status')).reply();
  assert.match(content, /⚠️ There is no backup yet\. `\/backup` makes one\./);
});

test('/status answers while a backup is being restored', async (t) => {
  const refuse = () => {
    throw new AppError('busy', 'restoring');
  };
  const { there } = await open(t, { status: refuse });
  const { content } = await (await there.as('operator').command('status')).reply();
  assert.match(content, /⏪ I am restoring a backup\. People who ask are told to wait\./);
  assert.match(content, /Newest verified backup/);
});

test('the link is logged at the start, for the application that the token belongs to', async (t) => {
  const there = await openTestDiscord(t);
  const { lines } = await openTestBot(t, there);
  const line = `To add the bot to a server, open ${inviteLink(there.applicationId)}`;
  assert.ok(
    lines.some(({ message }) => message === line),
    JSON.stringify(lines),
  );
});
