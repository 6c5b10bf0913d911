import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createEmailSink } from '../../src/adapters/email/sink.ts';
import type { WebhookKind } from '../../src/adapters/webhook/bodies.ts';
import { createWebhookSink } from '../../src/adapters/webhook/sink.ts';
import { createAlertChannel } from '../../src/discord/alert-channel.ts';
import { isAppError, type Locale } from '../../src/errors.ts';
import type { AlertMessage } from '../../src/health/alert-model.ts';
import { eventOf } from '../support/alert-stage.ts';
import { openMailServer, type MailServer } from '../support/mail-server.ts';
import { openTestDiscord } from '../support/playground.ts';
import {
  answering,
  cutting,
  cuttingAfterwards,
  hanging,
  openWebhookReceiver,
  type Manner,
} from '../support/webhook-receiver.ts';
import { describeAlertSink, type SinkStage, type Trouble } from './alert-sink.ts';

const PATH = '/services/T0/B0/secret-path-0123456789';
const soon = () => AbortSignal.timeout(10_000);
const message = (more: object = {}): AlertMessage => ({ events: [eventOf('a', more)], more: 0 });

const MANNERS: Readonly<Record<Trouble, Manner>> = {
  'trouble of its own': answering(500),
  'cut in the middle': cutting,
  hanging,
  'not letting us in': answering(403),
  'refusing the message': answering(400),
};

async function webhookStage(t: TestContext, kind: WebhookKind): Promise<SinkStage> {
  const receiver = await openWebhookReceiver(t);
  const url = `${receiver.origin}${PATH}`;
  return {
    sink: (locale) => createWebhookSink({ url, kind, name: 'webhook', locale, clock: Date.now }),
    arrived: () => receiver.received.map(({ body }) => readable(kind, body)),
    trouble: (trouble) => void (receiver.manner = MANNERS[trouble]),
    secrets: ['secret-path-0123456789'],
  };
}

interface Embed {
  readonly title: string;
  readonly description: string;
  readonly footer: { readonly text: string };
}

const embedText = ({ title, description, footer }: Embed): string => `${title}\n${description}\n${footer.text}`;

/** As the receiver's people read it. */
function readable(kind: WebhookKind, body: unknown): string {
  if (kind === 'discord') return (body as { embeds: Embed[] }).embeds.map(embedText).join('\n');
  if (kind === 'slack') {
    const { text } = body as { text: string };
    assert.doesNotMatch(text, /<!|<@/, 'Slack would call somebody');
    return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  }
  const { text, alerts } = body as { text: string; alerts: { key: string; since: string }[] };
  return `${text}\n${alerts.map(({ key, since }) => `${key} · ${since.slice(0, 16).replace('T', ' ')} UTC`).join('\n')}`;
}

describeAlertSink('Slack webhook', (t) => webhookStage(t, 'slack'));
describeAlertSink('Discord webhook', (t) => webhookStage(t, 'discord'));
describeAlertSink('JSON webhook', (t) => webhookStage(t, 'json'));

describeAlertSink('Discord channel', async (t) => {
  const discord = await openTestDiscord(t, { rateLimits: false });
  const receiver = await openWebhookReceiver(t);
  let api = discord.restApi;
  const { token, channelId } = discord;
  return {
    sink: (locale) => createAlertChannel({ token, api, channelId, roleId: null, locale }),
    async arrived() {
      assert.deepEqual(discord.pingingMessages(), []);
      const seen = await discord.as('member').messages();
      return seen.flatMap(({ embeds }) => (embeds as unknown as Embed[]).map(embedText));
    },
    trouble(trouble) {
      api = receiver.origin;
      receiver.manner = MANNERS[trouble];
    },
    secrets: [token],
  };
});

const mailSink = (server: MailServer, more: object = {}) =>
  createEmailSink({
    host: '127.0.0.1',
    port: server.port,
    secure: false,
    requireTls: true,
    user: server.user,
    password: server.password,
    from: 'bot@example.org',
    to: ['mika@example.org', 'ops@example.org'],
    locale: 'en',
    certificates: server.certificate,
    ...more,
  });

describeAlertSink('e-mail', async (t) => {
  const server = await openMailServer(t);
  let password = server.password;
  return {
    sink: (locale: Locale) => mailSink(server, { locale, password }),
    arrived: () => server.mails.map(({ source }) => decodedMail(source)),
    trouble(trouble) {
      password = trouble === 'not letting us in' ? 'wrong-password-0815' : server.password;
      const manners = { 'trouble of its own': 'later', 'cut in the middle': 'cut', hanging: 'hang' } as const;
      server.manner =
        trouble === 'not letting us in' ? 'take' : trouble === 'refusing the message' ? 'refuse' : manners[trouble];
    },
    secrets: [server.password, 'wrong-password-0815'],
  };
});

/** Headers and text as a mail program shows them. */
function decodedMail(source: string): string {
  const [head = '', ...rest] = source.replaceAll('\r\n', '\n').split('\n\n');
  const headers = head
    .replace(/\?=\n?\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?(B|Q)\?(.*?)\?=/gi, (_whole, how: string, text: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('latin1')
        : text
            .replaceAll('_', ' ')
            .replace(/=([0-9A-F]{2})/g, (_code, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    );
  const encoding = /^Content-Transfer-Encoding: (.*)$/im.exec(head)?.[1]?.trim() ?? '7bit';
  const raw = rest.join('\n\n');
  const body =
    encoding === 'base64'
      ? Buffer.from(raw, 'base64').toString()
      : Buffer.from(
          encoding === 'quoted-printable'
            ? raw
                .replace(/=\n/g, '')
                .replace(/=([0-9A-F]{2})/g, (_code, hex: string) => String.fromCharCode(parseInt(hex, 16)))
            : raw,
          encoding === 'quoted-printable' ? 'latin1' : 'utf8',
        ).toString();
  return `${Buffer.from(headers, 'latin1').toString()}\n\n${body}`;
}

test('a mail is encrypted and authenticated, goes to everybody, and is marked as written by a machine', async (t) => {
  const server = await openMailServer(t);
  await mailSink(server).send(message({ words: 'The disk is full.\r\nBcc: thief@example.org' }), soon());
  const [mail] = server.mails;
  assert.deepEqual(
    [mail?.encrypted, mail?.user, mail?.from, mail?.to],
    [true, server.user, 'bot@example.org', ['mika@example.org', 'ops@example.org']],
  );
  assert.match(mail?.source ?? '', /^Auto-Submitted: auto-generated\r$/m);
  assert.doesNotMatch((mail?.source ?? '').split('\r\n\r\n')[0] ?? '', /^Bcc:/m);
  assert.match(decodedMail(mail?.source ?? ''), /^Subject: \[NescordBot\] ⚠️ Warning: The disk is full\.$/m);
});

test('a mail server that offers no encryption, or a certificate that nobody knows, gets neither password nor mail', async (t) => {
  const open = await openMailServer(t, { startTls: false });
  await assert.rejects(mailSink(open).send(message(), soon()), (error) => {
    assert.ok(isAppError(error, 'config'), String(error));
    assert.match(error.message, /cannot be encrypted.*smtps.*SMTP_REQUIRE_TLS/);
    return true;
  });
  assert.equal(open.mails.length, 0);
  await mailSink(open, { requireTls: false }).send(message(), soon());
  assert.deepEqual(
    open.mails.map(({ encrypted }) => encrypted),
    [false],
    'where somebody allowed it',
  );
  const stranger = await openMailServer(t);
  await assert.rejects(mailSink(stranger, { certificates: undefined }).send(message(), soon()), (error) =>
    isAppError(error, 'config'),
  );
  assert.equal(stranger.mails.length, 0);
});

test('a webhook that has taken the message has it, whatever becomes of the rest of its answer', async (t) => {
  const receiver = await openWebhookReceiver(t);
  const sink = createWebhookSink({ url: receiver.origin, kind: 'json', name: 'w', locale: 'en', clock: Date.now });
  receiver.manner = cuttingAfterwards;
  await sink.send(message(), soon());
  receiver.manner = answering(204);
  await sink.send(message(), soon());
  assert.equal(receiver.received.length, 2);
});

test('what a webhook answers says what to do: wait as long as it asks, find its new address, or correct the old one', async (t) => {
  const receiver = await openWebhookReceiver(t);
  const url = `${receiver.origin}${PATH}`;
  const sink = createWebhookSink({ url, kind: 'slack', name: 'w', locale: 'en', clock: Date.now });
  for (const [status, headers, code, retryAfterMs] of [
    [429, { 'retry-after': '17' }, 'limit', 17_000],
    [429, {}, 'limit', 30_000],
    [503, { 'retry-after': '5' }, 'unavailable', 5_000],
    [404, {}, 'not_found', null],
    [302, { location: 'http://127.0.0.1:1/elsewhere' }, 'config', null],
  ] as const) {
    receiver.manner = answering(status, headers);
    await assert.rejects(sink.send(message(), soon()), (error) => {
      assert.ok(isAppError(error, code), String(error));
      assert.equal(error.retryAfterMs, retryAfterMs);
      return true;
    });
  }
});

test('plain JSON has all that a program needs', async (t) => {
  const receiver = await openWebhookReceiver(t);
  const sink = createWebhookSink({ url: receiver.origin, kind: 'json', name: 'w', locale: 'ja', clock: Date.now });
  const words = { en: 'full', ja: '満杯' };
  await sink.send(message({ state: 'resolved', words, since: 60_000, at: 120_000 }), soon());
  assert.deepEqual(receiver.received[0]?.body, {
    source: 'nescordbot',
    version: 1,
    text: '✅ 1分後に解決: 満杯',
    urgency: 'good',
    alerts: [
      {
        state: 'resolved',
        key: 'a',
        severity: 'warning',
        words,
        since: '1970-01-01T00:01:00.000Z',
        at: '1970-01-01T00:02:00.000Z',
        lastedMs: 60_000,
      },
    ],
    more: 0,
  });
});

test('in a channel, a role is called when something critical begins or gets worse, and never otherwise', async (t) => {
  const discord = await openTestDiscord(t, { rateLimits: false });
  const { token, channelId, moderatorRoleId: roleId, restApi: api } = discord;
  const sink = createAlertChannel({ token, api, channelId, roleId, locale: null });
  for (const more of [
    { severity: 'critical' },
    { severity: 'critical', state: 'worse' },
    { severity: 'warning' },
    { severity: 'critical', state: 'reminder' },
    { severity: 'critical', state: 'resolved' },
    { severity: 'info', state: 'test', key: null },
    { severity: 'warning', words: `<@&${roleId}> @everyone` },
  ]) {
    await sink.send(message(more), soon());
  }
  const seen = await discord.as('member').messages();
  assert.deepEqual(
    seen.map(({ content }) => content),
    [`<@&${roleId}>`, `<@&${roleId}>`, '', '', '', '', ''],
  );
  assert.equal(discord.pingingMessages().length, 2);
  const colours = new Set(seen.map(({ embeds }) => embeds[0]?.color));
  assert.equal(colours.size, 4, 'critical, warning, good and neutral');
});

test('a channel that is not there, or that the bot may not write in, is named by its variable', async (t) => {
  const discord = await openTestDiscord(t, { rateLimits: false });
  const { token, channelId, restApi: api } = discord;
  const common = { token, api, roleId: null, locale: null };
  await assert.rejects(
    createAlertChannel({ ...common, channelId: '123456789012345678' }).send(message(), soon()),
    (error) => {
      assert.ok(isAppError(error, 'not_found'), String(error));
      assert.match(error.message, /ALERT_CHANNEL_ID/);
      return true;
    },
  );
  discord.denyBot(channelId, 1n << 11n);
  await assert.rejects(createAlertChannel({ ...common, channelId }).send(message(), soon()), (error) => {
    assert.ok(isAppError(error, 'forbidden'), String(error));
    assert.match(error.message, /Send Messages and Embed Links/);
    return true;
  });
});
