import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createWebhookSink } from '../../src/adapters/webhook/sink.ts';
import { playgroundFor } from '../../src/app/home-guild.ts';
import { parseConfig } from '../../src/config.ts';
import { createAlerting } from '../../src/health/alerting/alerting.ts';
import { openTestApp } from '../support/app.ts';
import { personOf } from '../support/app-person.ts';
import { openTestBot } from '../support/bot.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { openTestDiscord } from '../support/playground.ts';
import { tempFolder } from '../support/temp-store.ts';
import { openWebhookReceiver } from '../support/webhook-receiver.ts';

test('what goes wrong arrives in a Discord channel and at a webhook, and so does its end', async (t) => {
  const receiver = await openWebhookReceiver(t);
  const world = playgroundFor(parseConfig({}))?.world;
  const channel = [...(world?.channels.values() ?? [])].find(({ kind }) => kind === 'text');
  const secret = 'verysecretwebhookpath';
  const app = await openTestApp(t, {
    firstLesson: false,
    env: {
      ALERT_CHANNEL_ID: channel?.id ?? '',
      ALERT_WEBHOOK_URL: `${receiver.origin}/services/T0/${secret}`,
    },
  });
  const operator = personOf(app, 'operator');
  const words = { en: `The disk of ${secret} is 92 % full.`, ja: 'ディスクの92%が使われています。' };
  app.alerts.raise({ key: 'disk:/data', severity: 'critical', words });
  await receiver.until(1);
  const seen = await operator.waitForMessage(({ embeds }) => embeds.length > 0);
  assert.match(JSON.stringify(seen.embeds), /🚨 Critical.*The disk of ••• is 92 % full/);
  assert.match(JSON.stringify(receiver.received[0]?.body), /"state":"open","key":"disk:\/data","severity":"critical"/);
  assert.ok(!JSON.stringify([receiver.received.map(({ body }) => body), seen]).includes('verysecret'));
  app.alerts.resolve('disk:/data');
  await receiver.until(2);
  await operator.waitForMessage(({ embeds }) => JSON.stringify(embeds).includes('✅ Resolved after'));
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
  assert.match(await reply({ subcommand: 'list' }), /96 % full · <t:\d+:R> · 🔕 <t:\d+:R>/);
  assert.match(await reply({ subcommand: 'mute', key: 'disk:/data', for: 'off' }), /🔔 `disk:\/data` is told of again/);
  assert.equal(alerts.muted().size, 0);
  assert.ok(!(await there.as('member').commandNames()).includes('alerts'), 'others do not even see it');
});
