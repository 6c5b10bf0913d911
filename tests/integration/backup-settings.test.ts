import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { createDatabaseFiles } from '../../src/adapters/sqlite/files.ts';
import { alertSinks } from '../../src/app/alerts.ts';
import { openBackups } from '../../src/app/backups.ts';
import { playgroundFor } from '../../src/app/home-guild.ts';
import { openIntegrity } from '../../src/app/integrity/integrity.ts';
import { openPremises } from '../../src/app/premises.ts';
import { formatName } from '../../src/backup/name.ts';
import { parseConfig } from '../../src/config.ts';
import { createWriteGate } from '../../src/knowledge/write-gate.ts';
import { eventOf } from '../support/alert-stage.ts';
import { openTestApp } from '../support/app.ts';
import { personOf } from '../support/app-person.ts';
import { createTestLog } from '../support/chroma.ts';
import { DAY_MS, HOUR_MS, openOffSiteStage, START } from '../support/off-site-stage.ts';
import { gitOn, openLfsServer, TOKEN, whyNoGitLfs } from '../support/lfs-server.ts';
import { openMailServer, type MailServer } from '../support/mail-server.ts';
import { createQuietAlerting } from '../support/quiet-alerting.ts';
import { openRecordingProxy } from '../support/recording-proxy.ts';
import { BUCKET, KEYS, openS3Server } from '../support/s3-server.ts';
import { tempFolder } from '../support/temp-store.ts';
import { backupThreads as threads } from '../support/threads.ts';
import { openWebhookReceiver } from '../support/webhook-receiver.ts';

const MINUTE_MS = 60_000;
const level = constants.ZSTD_c_compressionLevel;
const isArchive = (name: string) => name.endsWith('.tar.zst');

/** START is nine o'clock on a Saturday. */
const AGES = {
  newest: 10 * MINUTE_MS,
  sameHour: 20 * MINUTE_MS,
  hourBefore: 70 * MINUTE_MS,
  dayBefore: DAY_MS + HOUR_MS,
  weekBefore: 8 * DAY_MS,
  monthBefore: 40 * DAY_MS,
};
const SECOND_KEPT: Readonly<Record<string, keyof typeof AGES>> = {
  BACKUP_KEEP: 'sameHour',
  BACKUP_KEEP_HOURLY: 'hourBefore',
  BACKUP_KEEP_DAILY: 'dayBefore',
  BACKUP_KEEP_WEEKLY: 'weekBefore',
  BACKUP_KEEP_MONTHLY: 'monthBefore',
};

test('retention keeps what the environment says', async (t) => {
  const folder = join(tempFolder(t), 'backups');
  const stage = await openOffSiteStage(t, { vaults: [], backups: folder });
  for (const age of Object.values(AGES)) await stage.plant(START - age);
  const parts = { log: createTestLog(), clock: () => START, random: () => 0 };
  for (const [variable, second] of Object.entries(SECOND_KEPT)) {
    await t.test(variable, async () => {
      const config = parseConfig({ DATA_DIR: tempFolder(t), BACKUP_DIRECTORY: folder, [variable]: '2' });
      await using premises = await openPremises(config, { ...parts, files: createDatabaseFiles(threads) });
      const engine = () => premises.knowledge().engine;
      const gate = createWriteGate();
      await using backups = await openBackups(config, { ...parts, premises, engine, gate, threads });
      const { kept } = await backups.manager.cleanup({ dryRun: true });
      assert.deepEqual(
        kept.map(({ name }) => name),
        [AGES.newest, AGES[second]].map((age) => formatName(START - age)),
      );
    });
  }
});

test('INTEGRITY_SCHEDULE: damage is looked for when the environment says', async (t) => {
  const armed: string[] = [];
  const open = async (rule: string) => {
    const config = parseConfig({ DATA_DIR: tempFolder(t), INTEGRITY_SCHEDULE: rule, BACKUP_TIME_ZONE: 'Asia/Tokyo' });
    const integrity = await openIntegrity(config, {
      knowledge: () => assert.fail('nothing is looked at yet'),
      manager: {
        list: async () => [],
        verify: () => assert.fail('nothing is looked at yet'),
        takeBack: () => assert.fail('nothing is looked at yet'),
      },
      files: createDatabaseFiles(threads),
      cron: {
        schedule(expression, timeZone) {
          armed.push(`${expression} ${timeZone}`);
          return () => undefined;
        },
      },
      alerts: createQuietAlerting(),
      audit: () => undefined,
      clock: () => START,
      log: createTestLog(),
    });
    await integrity.close();
  };
  await open('off');
  await open('weekly sun 04:00');
  assert.deepEqual(armed, ['0 4 * * 0 Asia/Tokyo']);
});

function mailEnvironment(server: MailServer) {
  const login = `${encodeURIComponent(server.user)}:${server.password}`;
  return {
    ALERT_EMAIL_TO: 'mika@example.org,ken@example.org',
    ALERT_EMAIL_FROM: 'the-bot@example.org',
    SMTP_URL: `smtp://${login}@127.0.0.1:${server.port}`,
  };
}

test('SMTP_REQUIRE_TLS=true refuses a mail server without encryption, even on this machine', async (t) => {
  const server = await openMailServer(t, { startTls: false });
  const send = async (more: Readonly<Record<string, string>>) => {
    const [sink] = await alertSinks(parseConfig({ ...mailEnvironment(server), ...more }), null, Date.now);
    await sink?.send({ events: [eventOf('a')], more: 0 }, AbortSignal.timeout(10_000));
  };
  await send({});
  assert.equal(server.mails.length, 1);
  await assert.rejects(send({ SMTP_REQUIRE_TLS: 'true' }), /STARTTLS|encrypt/i);
  assert.equal(server.mails.length, 1);
});

/** A repository for copies, where git-lfs is there. */
async function repositoryOf(t: TestContext) {
  if (whyNoGitLfs() !== undefined) return null;
  const server = await openLfsServer(t);
  return {
    repository: server.repository,
    env: {
      GITHUB_SYNC_ENABLED: 'true',
      GITHUB_DATA_REPO: server.url,
      GITHUB_TOKEN: TOKEN,
      GITHUB_BRANCH: 'copies',
      GITHUB_KEEP: '1',
    },
  };
}

test('backups, their copies and alerts are those of the environment', async (t) => {
  const s3 = await openS3Server(t);
  const toS3 = await openRecordingProxy(t, s3.endpoint);
  const github = await repositoryOf(t);
  const webhook = await openWebhookReceiver(t);
  const mail = await openMailServer(t, { startTls: false });
  const [nas, backups] = [join(tempFolder(t), 'nas'), join(tempFolder(t), 'backups')];
  for (const folder of [nas, backups]) mkdirSync(folder);
  const world = playgroundFor(parseConfig({}))?.world;
  const channel = [...(world?.channels.values() ?? [])].find(({ kind }) => kind === 'text');
  const API_TOKEN = 'correct-horse-battery-staple-0123456789';
  await using app = await openTestApp(t, {
    firstLesson: false,
    lookEveryMs: 100,
    env: {
      API_TOKEN,
      BACKUP_DIRECTORY: backups,
      BACKUP_COMPRESSION: '12',
      BACKUP_SCHEDULE: 'weekly sun 02:00',
      BACKUP_TIME_ZONE: 'Asia/Tokyo',
      BACKUP_AFTER_CHANGES: 'false',
      BACKUP_MAX_MB: '1',
      VAULT_DIRECTORY: nas,
      VAULT_KEEP: '1',
      VAULT_VERIFY_MB_PER_DAY: '7',
      S3_ENDPOINT: toS3.origin,
      S3_REGION: 'eu-test-9',
      S3_BUCKET: BUCKET,
      S3_PREFIX: 'elsewhere/',
      S3_ACCESS_KEY_ID: KEYS.accessKeyId,
      S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      S3_KEEP: '1',
      ...github?.env,
      ALERT_CHANNEL_ID: channel?.id ?? '',
      ALERT_ROLE_ID: '323456789012345678',
      ALERT_LANGUAGE: 'ja',
      ALERT_WEBHOOK_URL: `${webhook.origin}/hook`,
      ALERT_WEBHOOK_KIND: 'slack',
      ...mailEnvironment(mail),
    },
  });
  // More than BACKUP_MAX_MB of what does not shrink, and the same again: too far away for the default level to see that.
  const padding = randomBytes(1_050_000).toString('base64');
  for (const key of ['padding', 'again']) app.knowledge.store.settings.saveSetting('global', key, padding);
  const by = { id: 'cli', name: 'cli' };
  const { entry } = await app.backups.create({ kind: 'manual', reason: null, by });
  await app.offSite.sync();
  await app.backups.create({ kind: 'manual', reason: null, by });
  const synced = await app.offSite.sync();
  assert.equal(synced.length, github === null ? 2 : 3, JSON.stringify(synced));

  await t.test('BACKUP_SCHEDULE, BACKUP_TIME_ZONE and BACKUP_AFTER_CHANGES', async () => {
    const headers = { authorization: `Bearer ${API_TOKEN}` };
    const answer = await fetch(`${app.origin}/api/backup/scheduler/configure`, { headers });
    const schedule = (await answer.json()) as Record<string, unknown>;
    const { rule, timeZone, afterChanges, nextAt } = schedule;
    assert.deepEqual([rule, timeZone, afterChanges], ['weekly sun 02:00', 'Asia/Tokyo', false]);
    assert.match(new Date(String(nextAt)).toUTCString(), /^Sat, .* 17:00:00 GMT$/);
  });

  await t.test('BACKUP_COMPRESSION', () => {
    const archive = readFileSync(join(backups, `${entry.name}.tar.zst`));
    const atDefault = zstdCompressSync(zstdDecompressSync(archive), { params: { [level]: 1 } });
    assert.ok(archive.length < 0.9 * atDefault.length, `${archive.length} bytes, ${atDefault.length} at level 1`);
  });

  await t.test('VAULT_VERIFY_MB_PER_DAY', async () => {
    const budgets = (await app.offSite.vaults()).map(({ readBack }) => readBack?.bytesPerDay);
    assert.deepEqual(new Set(budgets), new Set([7_000_000]));
  });

  await t.test('VAULT_DIRECTORY and VAULT_KEEP', () =>
    assert.equal(readdirSync(nas, { recursive: true }).map(String).filter(isArchive).length, 1),
  );

  await t.test(
    'S3_ENDPOINT, S3_BUCKET, S3_PREFIX, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_KEEP',
    () => {
      const backupsOf = (method: string) => {
        const place = new RegExp(`^${method} /${BUCKET}/elsewhere/(nescordbot_backup_\\w+)\\.tar\\.zst`);
        return new Set(toS3.requests.flatMap(({ line }) => place.exec(line)?.[1] ?? []));
      };
      assert.equal(backupsOf('(?:PUT|POST)').size, 2);
      assert.deepEqual([...backupsOf('DELETE')], [entry.name]);
      for (const { headers } of toS3.requests)
        assert.match(String(headers['authorization']), new RegExp(`Credential=${KEYS.accessKeyId}/\\d+/eu-test-9/s3/`));
    },
  );

  await t.test('GITHUB_DATA_REPO, GITHUB_TOKEN, GITHUB_BRANCH and GITHUB_KEEP', { skip: github === null }, async () => {
    const files = await gitOn(github?.repository ?? '', ['ls-tree', '-r', '--name-only', 'copies']);
    assert.equal(files.split('\n').filter(isArchive).length, 1, files);
  });

  const words = { en: 'The log is odd.', ja: 'ログがおかしいです。' };
  app.alerts.raise({ key: 'integrity:log', severity: 'critical', words });

  await t.test('ALERT_CHANNEL_ID and ALERT_ROLE_ID', async () => {
    const told = await personOf(app, 'operator').waitForMessage(({ embeds }) =>
      JSON.stringify(embeds).includes(words.ja),
    );
    assert.match(told.content, /<@&323456789012345678>/);
  });

  const posted = async (text: RegExp): Promise<string> => {
    for (let seen = 0; ; seen = webhook.received.length) {
      const found = webhook.received.find(({ body }) => text.test(JSON.stringify(body)));
      if (found !== undefined) return JSON.stringify(found.body);
      await webhook.until(seen + 1);
    }
  };
  await t.test('ALERT_LANGUAGE, ALERT_WEBHOOK_URL and ALERT_WEBHOOK_KIND', async () => {
    const body = JSON.parse(await posted(/おかしい|is odd/)) as { text: string };
    assert.match(body.text, /おかしい/);
    assert.deepEqual(Object.keys(body), ['text']);
  });

  await t.test('BACKUP_MAX_MB', () => posted(/BACKUP_MAX_MB/).then((body) => assert.match(body, /1 MB/)));

  await t.test('ALERT_EMAIL_TO, ALERT_EMAIL_FROM and SMTP_URL', async () => {
    while (mail.mails.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const { to, from, user } = mail.mails[0] ?? assert.fail();
    assert.deepEqual([to, from, user], [['mika@example.org', 'ken@example.org'], 'the-bot@example.org', mail.user]);
  });
});
