import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseConfig, secretsOf } from '../../src/config.ts';
import { variables } from '../../src/config/variables.ts';
import { isAppError } from '../../src/errors.ts';

function problemsOf(environment: Record<string, string>): string {
  try {
    parseConfig(environment);
  } catch (error) {
    assert.ok(isAppError(error, 'config'));
    return error.message;
  }
  return assert.fail('no problem was found');
}

test('an empty environment is a complete configuration: playground, local Chroma, offline engine', () => {
  const config = parseConfig({});
  assert.equal(config.discord.token, null);
  assert.equal(config.gemini, null);
  assert.equal(config.chroma.remote, null);
  assert.equal(config.chroma.collectionPrefix, 'nescord_knowledge');
  assert.equal(config.database.file, 'data/nescordbot.db');
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.port, 3000);
});

test('with a token the bot listens where a host can check its health', () => {
  assert.equal(parseConfig({ DISCORD_TOKEN: 'token' }).host, '0.0.0.0');
});

test("the deployment guide's database addresses are understood", () => {
  const database = (text: string) => {
    const { isDefault, ...location } = parseConfig({ DATABASE_URL: text }).database;
    assert.equal(isDefault, false);
    return location;
  };
  assert.deepEqual(database('sqlite:///app/data/nescordbot.db'), {
    file: '/app/data/nescordbot.db',
    timeoutMs: 20_000,
    journalMode: 'WAL',
  });
  assert.deepEqual(database('sqlite:////app/data/nescordbot.db?timeout=5&journal_mode=delete'), {
    file: '/app/data/nescordbot.db',
    timeoutMs: 5000,
    journalMode: 'DELETE',
  });
  assert.equal(database('/var/lib/bot.db').file, '/var/lib/bot.db');
  assert.equal(database('state/bot.db').file, 'state/bot.db');
  assert.equal(database('sqlite:state/bot.db').file, 'state/bot.db');
  assert.equal(database('sqlite:///srv/a%20b.db').file, '/srv/a b.db');
});

test('every mistake is reported at once, each with its fix', () => {
  const message = problemsOf({
    PORT: 'http',
    HOME_GUILD_ID: 'my server',
    OPERATOR_USER_IDS: '123',
    DATABASE_URL: 'postgres://db/bot',
    CHROMA_URL: 'chroma:8000',
    LOG_LEVEL: 'loud',
    GEMINI_EMBEDDING_DIMENSIONS: '64',
    MESSAGE_CONTENT_INTENT: 'perhaps',
    GEMINI_GENERATION_MODELS: ' , ',
    CHROMADB_COLLECTION_NAME: '..',
  });
  assert.match(message, /10 mistakes/);
  assert.match(message, /PORT must be a whole number from 0 to 65535; "http" is not/);
  assert.match(message, /HOME_GUILD_ID must be a Discord id/);
  assert.match(message, /OPERATOR_USER_IDS must be Discord ids/);
  assert.match(message, /postgres is not supported/);
  assert.match(message, /CHROMA_URL must be a web address/);
  assert.match(message, /LOG_LEVEL must be one of error, warn, info, debug/);
});

test('a database address with an unknown option, no file or a bad time-out is refused', () => {
  for (const address of ['sqlite:///a.db?cache=shared', 'sqlite://', ':memory:', 'a.db?timeout=soon', 'data/']) {
    assert.match(problemsOf({ DATABASE_URL: address }), /DATABASE_URL must be/);
  }
});

test('backups are kept by number, or by period as soon as one is set', () => {
  const { keep } = parseConfig({ BACKUP_KEEP: '7' }).backup;
  assert.deepEqual(keep, { last: 7, hourly: 0, daily: 0, weekly: 0, monthly: 0, timeZone: 'UTC' });
  const byPeriod = parseConfig({ BACKUP_KEEP: '7', BACKUP_KEEP_DAILY: '14', BACKUP_TIME_ZONE: 'asia/tokyo' }).backup;
  assert.deepEqual(byPeriod.keep, { last: 0, hourly: 0, daily: 14, weekly: 0, monthly: 0, timeZone: 'Asia/Tokyo' });
});

test('a schedule, zone or level that cannot be is a mistake, and off is off', () => {
  for (const rule of ['every 5h', 'every 0h', 'daily 24:00', 'weekly 02:00', 'monthly 31 02:00', '* * * * *']) {
    assert.match(problemsOf({ BACKUP_SCHEDULE: rule }), /BACKUP_SCHEDULE must be off, or a rule such as every 6h/);
  }
  assert.match(problemsOf({ BACKUP_TIME_ZONE: 'Mars/Olympus' }), /BACKUP_TIME_ZONE must be a time zone/);
  assert.match(problemsOf({ BACKUP_COMPRESSION: '20' }), /BACKUP_COMPRESSION must be a whole number from 1 to 19/);
  assert.equal(parseConfig({ BACKUP_SCHEDULE: 'OFF' }).backup.schedule.enabled, false);
  assert.equal(parseConfig({ BACKUP_SCHEDULE: 'Weekly  Sun 02:00' }).backup.schedule.rule, 'weekly sun 02:00');
});

test('a key for a remote Chroma without its address is a mistake', () => {
  assert.match(problemsOf({ CHROMA_API_KEY: 'secret-key' }), /without CHROMA_URL/);
});

test('blank values count as absent', () => {
  assert.equal(parseConfig({ DISCORD_TOKEN: '  ', PORT: '' }).discord.token, null);
});

test('secrets are the variables that the documentation calls so', () => {
  assert.deepEqual(secretsOf({ DISCORD_TOKEN: 'a', GEMINI_API_KEY: 'b', CHROMA_API_KEY: 'c', PORT: '1' }), [
    'a',
    'b',
    'c',
  ]);
});

test('.env.example describes exactly the variables that are read, with their defaults', async () => {
  const example = await readFile(new URL('../../.env.example', import.meta.url), 'utf8');
  const described = [...example.matchAll(/^# (.+)\n#?([A-Z_]+)=(.*)$/gm)].map(([, about, name, value]) => ({
    name,
    about,
    value,
  }));
  const read = Object.entries(variables).map(([name, { about, default: value }]) => ({
    name,
    about,
    value: value ?? '',
  }));
  assert.deepEqual(described, read);
});

test("the README's table names exactly the variables that are read, with their defaults", async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` +\| +(.*?) +\| +(.*?) +\|$/gm)].map(([, name, value, about]) => ({
    name,
    value,
    about,
  }));
  const read = Object.entries(variables).map(([name, { about, default: value }]) => ({
    name,
    value: value === null || value === '' ? '–' : `\`${value}\``,
    about,
  }));
  assert.deepEqual(rows, read);
});
