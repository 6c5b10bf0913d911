import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../src/config.ts';
import { secretsIn } from '../../src/config/secrets.ts';
import { createRedaction } from '../../src/log.ts';
import { problemsOf } from '../support/config-problems.ts';

const MAIL = {
  ALERT_EMAIL_TO: 'mika@example.org, ops@example.org',
  ALERT_EMAIL_FROM: 'bot@example.org',
  SMTP_URL: 'smtp://bot%40example.org:p%40ss%2Fword-4711@mail.example.org',
};

test('without any way configured, nobody is told but the log', () => {
  const { channel, webhooks, email, language } = parseConfig({}).alerts;
  assert.deepEqual([channel, webhooks, email, language], [null, [], null, null]);
});

test('what a webhook expects is told by its address, unless it is said', () => {
  const urls = [
    'https://hooks.slack.com/services/T0/B0/x',
    'https://discord.com/api/webhooks/1/x',
    'https://ptb.discord.com/api/webhooks/1/x',
    'https://alerts.example.org/nescordbot',
    'https://discord.com.example.org/api/webhooks/1/x',
  ];
  const kinds = (env: Record<string, string>) => parseConfig(env).alerts.webhooks.map(({ kind }) => kind);
  assert.deepEqual(kinds({ ALERT_WEBHOOK_URL: urls.join(', ') }), ['slack', 'discord', 'discord', 'json', 'json']);
  assert.deepEqual(kinds({ ALERT_WEBHOOK_URL: urls[3] ?? '', ALERT_WEBHOOK_KIND: 'Slack' }), ['slack']);
});

test('a mail server is read from its address: port, encryption, and a password with special characters', () => {
  const { email } = parseConfig(MAIL).alerts;
  assert.deepEqual(email, {
    host: 'mail.example.org',
    port: 587,
    secure: false,
    user: 'bot@example.org',
    password: 'p@ss/word-4711',
    requireTls: true,
    from: 'bot@example.org',
    to: ['mika@example.org', 'ops@example.org'],
  });
  const at = (SMTP_URL: string, more = {}) => parseConfig({ ...MAIL, SMTP_URL, ...more }).alerts.email;
  assert.deepEqual([at('smtps://mail.example.org')?.port, at('smtps://mail.example.org')?.secure], [465, true]);
  assert.equal(at('smtp://127.0.0.1:1025')?.requireTls, false, 'on this machine');
  assert.equal(at('smtp://[::1]:1025')?.requireTls, false);
  assert.equal(at('smtp://127.evil.example')?.requireTls, true, 'a name of somebody else');
  assert.equal(at('smtp://127.0.0.1:1025', { SMTP_REQUIRE_TLS: 'true' })?.requireTls, true);
  assert.equal(at('smtp://relay.example.org', { SMTP_REQUIRE_TLS: 'false' })?.requireTls, false);
});

test('what is missing or cannot be is said, and secrets are not', () => {
  assert.match(problemsOf({ ALERT_ROLE_ID: '123456789012345678' }), /ALERT_ROLE_ID is set without ALERT_CHANNEL_ID/);
  const { SMTP_URL } = MAIL;
  assert.match(problemsOf({ SMTP_URL }), /SMTP_URL is set without ALERT_EMAIL_TO and ALERT_EMAIL_FROM; set both/);
  assert.match(problemsOf({ ALERT_EMAIL_TO: 'mika' }), /ALERT_EMAIL_TO must be e-mail addresses/);
  assert.match(problemsOf({ ...MAIL, ALERT_EMAIL_FROM: 'x@y>\nBcc: z' }), /ALERT_EMAIL_FROM must be an e-mail address/);
  for (const [name, value] of [
    ['SMTP_URL', 'http://bot:secretsecretsecret@mail.example.org'],
    ['SMTP_URL', 'smtp://bot:secretsecretsecret@mail.example.org/path'],
    ['ALERT_WEBHOOK_URL', 'hooks.slack.com/secretsecretsecret'],
    ['ALERT_WEBHOOK_URL', 'https://user:secretsecretsecret@example.org/'],
  ] as const) {
    const problems = problemsOf({ ...MAIL, [name]: value });
    assert.match(problems, new RegExp(`${name} must be .*its value is not`));
    assert.ok(!problems.includes('secretsecret'), problems);
  }
});

test('of addresses with a secret in them, every part that is one is masked', () => {
  const config = parseConfig({
    ...MAIL,
    ALERT_WEBHOOK_URL:
      'https://hooks.slack.com/services/T0/B0/aaaabbbbccccdddd,https://x.example.org/hook?key=0123456789abcdef',
  });
  const redact = createRedaction(secretsIn(config));
  for (const text of [
    'login of bot with p@ss/word-4711 failed',
    'login with p%40ss%2Fword-4711 failed',
    'POST /services/T0/B0/aaaabbbbccccdddd 500',
    'no such hook: aaaabbbbccccdddd',
    'GET /hook?key=0123456789abcdef',
    MAIL.SMTP_URL,
  ]) {
    assert.doesNotMatch(redact(text), /word-4711|aaaabbbb|0123456789abcdef/);
  }
  assert.equal(redact('mail.example.org does not answer'), 'mail.example.org does not answer');
});
