import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { settingsPage } from '../../commands/settings/show.ts';
import { describeSettings } from '../../src/app/settings-report.ts';
import { parseConfig } from '../../src/config.ts';
import { noEnvFile } from '../../src/config/env-file.ts';
import { secretsOf } from '../../src/config/secrets.ts';
import { maskAddress, maskSecret, maskSecrets } from '../../src/config/mask.ts';
import { variables, type VariableName } from '../../src/config/variables.ts';
import { showSettings } from '../../src/cli/config.ts';
import type { LiveRequest, Services } from '../../src/discord/command.ts';
import { wordsIn, type Locale, type Words } from '../../src/errors.ts';

const names = Object.keys(variables) as VariableName[];

/** Forms that a secret can have; each variable gets the first that it takes. */
const FORMS: readonly ((random: string) => string)[] = [
  (random) => `ghp_${random}`,
  (random) => `one:read:first-${random},two:operate:other-${random}`,
  (random) => `https://hooks.example.org/services/${random}?token=${random}`,
  (random) => `smtp://mika:${random}@mail.example.org:587`,
  (random) => `AGE-SECRET-KEY-1${random.toUpperCase().padEnd(58, 'Q')}`,
  (random) => `horse ${random} staple`,
];

/** A value that the variable takes, with something in it that is nowhere else. */
function planted(name: VariableName): { readonly name: string; readonly value: string; readonly random: string } {
  const random = createHash('sha256').update(name).digest('hex').slice(0, 36);
  const value = FORMS.map((form) => form(random)).find((one) => {
    try {
      variables[name].read(one);
      return true;
    } catch {
      return false;
    }
  });
  return { name, value: value ?? assert.fail(`no form of secret fits ${name}; add one`), random };
}

const secretNames = names.filter((name) => 'secret' in variables[name]);

/** Four characters at either end may be seen; a piece of six from its middle may not. */
function assertHidden(text: string, random: string, name: string): void {
  const lower = text.toLowerCase();
  for (let at = 4; at + 6 <= random.length - 4; at += 1) {
    const piece = random.slice(at, at + 6);
    assert.ok(!lower.includes(piece), `${name} shows ${piece}`);
  }
}

test('a key shows its ends, and what is short or made of words shows nothing', () => {
  assert.equal(maskSecret('ghp_0123456789abcdefghijklmnopqrstuv3f9a'), 'ghp_…3f9a');
  for (const hidden of [
    'hunter2',
    'ghp_1234567890',
    'correct horse battery staple 17',
    'correct-horse-battery-staple',
  ]) {
    assert.equal(maskSecret(hidden), '•••');
  }
  assert.equal(maskSecrets('correct-horse-battery-staple-17', 'BACKUP_AGE_PASSPHRASE'), '•••');
  assert.equal(
    maskSecrets('grafana:read:abcd0123456789abcdefghijkl3f9a,deploy:operate:short'),
    'grafana:read:abcd…3f9a, deploy:operate:•••',
  );
  assert.equal(maskSecrets('https://hooks.slack.com/services/T0/B0/abc123'), 'https://hooks.slack.com/•••');
  assert.equal(maskSecrets('smtp://mika:pa@ss@mail.example.org:587'), 'smtp://•••@mail.example.org:587');
  assert.equal(maskAddress('https://mika:hunter2@example.org/a?key=1'), 'https://•••@example.org/a?•••');
  assert.equal(maskAddress('https://example.org:8000/a'), 'https://example.org:8000/a');
  const database = 'sqlite:////app/data/bot.db?timeout=5&journal_mode=DELETE';
  assert.equal(maskAddress(database), database, 'what is harmless is shown whole');
  assert.equal(maskAddress(`${database}&key=1`), 'sqlite:////app/data/bot.db?•••');
  assert.equal(maskAddress('sqlite:///app/data/bot.db'), 'sqlite:///app/data/bot.db');
});

test('every variable is reported with where its value came from, and what is not set with what it is for', () => {
  const environment = {
    LOG_LEVEL: 'debug',
    PORT: '8080',
    RAILWAY_VOLUME_MOUNT_PATH: '/volume',
    GEMINI_API_KEY: 'AIzaSy0123456789abcdefghij_3f9a',
    BACKUP_AFTER_CHANGES: 'true',
  };
  const config = parseConfig(environment, { ...noEnvFile, names: new Set(['LOG_LEVEL']) });
  const saved = { ...config.backup.schedule, enabled: false, timeZone: 'Asia/Tokyo' };
  const lines = describeSettings(config, saved);
  assert.deepEqual(
    lines.map(({ name }) => name),
    names,
  );
  const of = (name: VariableName) => {
    const { value, source } = lines.find((line) => line.name === name) ?? assert.fail(name);
    return [value, source];
  };
  assert.deepEqual(of('LOG_LEVEL'), ['debug', '.env']);
  assert.deepEqual(of('PORT'), ['8080', 'environment']);
  assert.deepEqual(of('GEMINI_API_KEY'), ['AIza…3f9a', 'environment']);
  assert.deepEqual(of('RAILWAY_VOLUME_MOUNT_PATH'), ['/volume', 'railway']);
  assert.deepEqual(of('DATA_DIR'), ['/volume', 'railway']);
  assert.deepEqual(of('DATABASE_URL'), ['/volume/nescordbot.db', 'default']);
  assert.deepEqual(of('HOST'), ['127.0.0.1', 'default']);
  assert.deepEqual(of('BACKUP_SCHEDULE'), ['off', 'saved']);
  assert.deepEqual(of('BACKUP_TIME_ZONE'), ['Asia/Tokyo', 'saved']);
  assert.deepEqual(of('BACKUP_AFTER_CHANGES'), ['true', 'environment']);
  assert.deepEqual(of('GITHUB_TOKEN'), [null, 'unset']);
  assert.ok(lines.every(({ about }) => about.en !== '' && about.ja !== ''));
});

const requestIn = (locale: Locale) => ({ locale, say: (words: Words) => wordsIn(locale, words) }) as LiveRequest;

test('what is not set says in the language of whoever asks what it is for', () => {
  const records = { settings: () => describeSettings(parseConfig({}), null) };
  const services = { records } as unknown as Services;
  const all = (locale: Locale) =>
    names.map((_, at) => settingsPage(requestIn(locale), services, at + 1).content).join();
  assert.match(all('en'), /`BACKUP_MAX_MB` · not set · Alert when a backup is larger\./);
  assert.match(all('ja'), /`BACKUP_MAX_MB` · 未設定 · バックアップがこれより大きいと知らせます。/);
});

test('no secret of any variable is in what is shown, however it is shown', () => {
  const secrets = secretNames.map((name) => planted(name));
  const environment = Object.fromEntries(secrets.map(({ name, value }) => [name, value]));
  const given = Object.fromEntries(secrets.map(({ name, value: text }) => [name, { text, from: 'environment' }]));
  const lines = describeSettings({ ...parseConfig({}), given }, null);
  let shown = '';
  const result = (text: string, value: unknown): void => void (shown += text + JSON.stringify(value));
  const request = requestIn('en');
  for (let page = 1; page <= names.length; page += 1) {
    shown += JSON.stringify(settingsPage(request, { records: { settings: () => lines } } as unknown as Services, page));
  }
  showSettings(lines, { json: false, result, note: () => undefined, progress: () => assert.fail('there is none') });
  for (const { name, random, value } of secrets) {
    assertHidden(shown, random, name);
    assert.ok(!shown.includes(value));
    assert.ok(lines.some((line) => line.name === name && line.secret && line.value !== null));
  }
  assert.ok(secretsOf(environment).length >= secrets.length);
});
