import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playgroundFor } from '../../src/app/home-guild.ts';
import { parseConfig } from '../../src/config.ts';
import { openTestApp } from '../support/app.ts';
import { personOf } from '../support/app-person.ts';
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
