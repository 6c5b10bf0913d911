import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createWebhookSink } from '../../src/adapters/webhook/sink.ts';
import { openApp, type App } from '../../src/app.ts';
import { playgroundFor } from '../../src/app/home-guild.ts';
import { parseConfig } from '../../src/config.ts';
import { createAlerting } from '../../src/health/alerting/alerting.ts';
import { personOf } from '../support/app-person.ts';
import { openTestBot } from '../support/bot.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { openTestDiscord } from '../support/playground.ts';
import { quiet } from '../support/quiet.ts';
import { tempFolder } from '../support/temp-store.ts';
import { openWebhookReceiver } from '../support/webhook-receiver.ts';

const HOUR_MS = 3_600_000;
const SECRET = 'verysecretwebhookpath';

/** A volume for a bot of this file's own, and a webhook that tells what arrived there. */
async function volume(t: TestContext) {
  const receiver = await openWebhookReceiver(t);
  const world = playgroundFor(parseConfig({}))?.world;
  const channel = [...(world?.channels.values() ?? [])].find(({ kind }) => kind === 'text');
  const apps: App[] = [];
  t.after(() => Promise.all(apps.map((app) => app[Symbol.asyncDispose]())));
  const folder = tempFolder(t);
  const time = { ahead: 0 };
  const env = {
    DATABASE_URL: join(folder, 'bot.db'),
    ...quiet,
    BACKUP_MAX_AGE_HOURS: '2',
    DATA_DIR: folder,
    PORT: '0',
    ALERT_CHANNEL_ID: channel?.id ?? '',
    ALERT_WEBHOOK_URL: `${receiver.origin}/services/T0/${SECRET}`,
  };
  async function open(change: Readonly<Record<string, string>> = {}): Promise<App> {
    const app = await openApp(parseConfig({ ...env, ...change }), {
      log: recordingLog().log,
      machine: { mounts: null, hasContainerFile: false, cgroup: '' },
      firstLesson: false,
      lookEveryMs: 100,
      clock: () => Date.now() + time.ahead,
    });
    apps.push(app);
    return app;
  }
  /** Whatever else is told of this machine, such as how full its disk is. */
  async function arrived(state: string, key: string): Promise<string> {
    for (let seen = 0; ; seen = receiver.received.length) {
      const found = receiver.received.find(({ body }) =>
        (body as { alerts: { state: string; key: string }[] }).alerts.some(
          (one) => one.state === state && one.key === key,
        ),
      );
      if (found !== undefined) return JSON.stringify(found.body);
      await receiver.until(seen + 1);
    }
  }
  return { folder, receiver, open, time, arrived };
}

test('a start that fails before the database is opened is told of, too', async (t) => {
  const { folder, open, arrived } = await volume(t);
  await assert.rejects(open({ BACKUP_DIRECTORY: join(folder, 'not-mounted') }), /cannot be reached/);
  assert.match(await arrived('open', 'start:failed'), /could not start: .*not-mounted cannot be reached/);
});

test('what goes wrong arrives in a Discord channel and at a webhook, and so does its end', async (t) => {
  const { folder, receiver, open, time, arrived } = await volume(t);

  await writeFile(join(folder, 'bot.db'), 'no database');
  await assert.rejects(open(), /database/);
  assert.match(await arrived('open', 'start:failed'), /could not start: .*damaged or is no SQLite database/);
  await rm(join(folder, 'bot.db'));
  const app = await open();
  await arrived('resolved', 'start:failed');

  const operator = personOf(app, 'operator');
  const words = { en: `The log of ${SECRET} is odd.`, ja: 'ログがおかしいです。' };
  app.alerts.raise({ key: 'integrity:log', severity: 'critical', words });
  const embedOf = async (text: string) =>
    JSON.stringify((await operator.waitForMessage(({ embeds }) => JSON.stringify(embeds).includes(text))).embeds);
  assert.match(await embedOf('is odd'), /🚨 Critical.*The log of ••• is odd/);
  await arrived('open', 'integrity:log');
  app.alerts.resolve('integrity:log');
  await arrived('resolved', 'integrity:log');
  await embedOf('✅ Resolved after');

  time.ahead = 3 * HOUR_MS;
  assert.match(await arrived('open', 'backup:stale'), /no verified backup, 3 h after the start/);
  await app.backups.create({ kind: 'manual', reason: null, by: { id: 'cli', name: 'cli' } });
  await arrived('resolved', 'backup:stale');

  const { indexServer } = app.knowledge;
  for (let kills = 0; kills < 4; kills += 1) {
    while (indexServer.restarts() < kills || indexServer.pid() === null) await wait(20);
    process.kill(indexServer.pid() ?? 0, 'SIGKILL');
  }
  assert.match(await arrived('open', 'chroma:restarting'), /restarted 4 times in 10 minutes/);

  await app[Symbol.asyncDispose]();
  const again = await open();
  assert.ok(again.alerts.open().some(({ key }) => key === 'chroma:restarting'));
  await arrived('resolved', 'chroma:restarting');
  const told = receiver.received.flatMap(({ body }) => (body as { alerts: { state: string; key: string }[] }).alerts);
  const begun = told.filter(({ state, key }) => state === 'open' && key === 'chroma:restarting');
  assert.equal(begun.length, 1, 'a restart does not say it again');
  assert.ok(!JSON.stringify(told).includes(SECRET));
});

test('operators see with /alerts what is open and what was, try every way, and mute one of them', async (t) => {
  const receiver = await openWebhookReceiver(t);
  const there = await openTestDiscord(t);
  const time = { now: Date.now() };
  const alerts = createAlerting({
    clock: () => time.now,
    random: Math.random,
    later: () => () => undefined,
    log: recordingLog().log,
    redact: (text) => text,
  });
  const webhook = (path: string, name: string) =>
    createWebhookSink({ url: `${receiver.origin}${path}`, kind: 'json', name, locale: 'en', clock: Date.now });
  await alerts.begin({
    file: join(tempFolder(t), 'alerts.json'),
    sinks: [webhook('/good', 'a'), webhook('/gone', 'b')],
  });
  t.after(() => alerts.close());
  receiver.manner = (response, { url }) => void response.writeHead(url === '/gone' ? 404 : 200).end();
  await openTestBot(t, there, { alerts, clock: () => time.now });
  const operator = there.as('operator');
  const reply = async ({ subcommand, ...values }: { subcommand: string; key?: string; for?: string }, who = operator) =>
    (await (await who.command(`alerts ${subcommand}`, values)).reply()).content;

  assert.match(await reply({ subcommand: 'list' }), /✅ \*\*Nothing is wrong\.\*\*[^]*Told: webhook at 127\.0\.0\.1/);
  const tested = await reply({ subcommand: 'test' });
  assert.match(
    tested,
    /1 of 2 ways does not work[^]*✅ webhook at[^]*❌ webhook at[^]*not there any more.*ALERT\\_WEBHOOK\\_URL/,
  );
  assert.match(JSON.stringify(receiver.received.map(({ body }) => body)), /"state":"test"/);

  alerts.raise({ key: 'disk:/data', severity: 'critical', words: { en: '96 % full', ja: '96 % 使用' } });
  alerts.announce('A restore was finished.');
  const listed = await reply({ subcommand: 'list' }, there.as('operator', { locale: 'ja' }));
  assert.match(listed, /🚨 `disk:\/data` 96 % 使用 · <t:\d+:R>[^]*解決済み[^]*ℹ️ A restore was finished\./);
  assert.deepEqual(await operator.autocomplete('alerts mute', { key: 'DISK' }, 'key'), [
    { name: 'disk:/data', value: 'disk:/data' },
  ]);
  assert.match(await reply({ subcommand: 'mute', key: 'disk:/data', for: 'soon' }), /30m, 1h, 2d/);
  assert.match(await reply({ subcommand: 'mute', key: 'disk', for: '1h' }), /Nothing with the key `disk` is open/);
  assert.match(
    await reply({ subcommand: 'mute', key: 'disk:/data', for: '2h' }),
    /🔕 Nothing is said of `disk:\/data` until/,
  );
  assert.equal(alerts.muted().get('disk:/data'), time.now + 7_200_000);
  assert.match(await reply({ subcommand: 'list' }), /96 % full · <t:\d+:R> · 🔕 until <t:\d+:f>/);
  assert.match(await reply({ subcommand: 'mute', key: 'disk:/data', for: 'off' }), /🔔 `disk:\/data` is told of again/);
  assert.equal(alerts.muted().size, 0);
  assert.ok(!(await there.as('member').commandNames()).includes('alerts'), 'others do not even see it');
});
