import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig, type Config } from '../../src/config.ts';
import { VARIABLE_NAMES, type Environment } from '../../src/config/environment.ts';
import type { VariableName } from '../../src/config/variables.ts';
import { problemsOf } from '../support/config-problems.ts';

const [ID, OTHER_ID] = ['123456789012345678', '223456789012345678'];
const TOKEN = 'correct-horse-battery-staple-0123456789';
const CHROMA = { CHROMA_URL: 'http://chroma:8000' };
const GITHUB = { GITHUB_SYNC_ENABLED: 'true', GITHUB_DATA_REPO: 'mika/bot-data', GITHUB_TOKEN: 'ghp_0123456789' };
const S3 = {
  S3_BUCKET: 'bot-backups',
  S3_ACCESS_KEY_ID: 'AKIA1',
  S3_SECRET_ACCESS_KEY: 'abc/def',
  S3_REGION: 'eu-west-1',
};
const VAULT = { VAULT_DIRECTORY: '/mnt/nas' };
const RECIPIENTS = { BACKUP_AGE_RECIPIENTS: `age1${'q'.repeat(58)}` };
const PASSPHRASE = { BACKUP_AGE_PASSPHRASE: 'correct horse battery staple' };
const CHANNEL = { ALERT_CHANNEL_ID: ID };
const HOOK = { ALERT_WEBHOOK_URL: 'https://example.org/hook' };
const MAIL = {
  ALERT_EMAIL_TO: 'mika@example.org',
  ALERT_EMAIL_FROM: 'bot@example.org',
  SMTP_URL: 'smtp://u:p@mail.example.org:587',
};
const GEMINI = { GEMINI_API_KEY: 'AIza0123' };
const LOG = { LOG_FILE: '/var/log/bot.log' };

/** Another valid value, where in the configuration it shows, and what has to be set for it to count. */
const CHANGES: Readonly<Record<Exclude<VariableName, 'PLAYGROUND_EXPOSED'>, readonly [string, string, Environment?]>> =
  {
    DISCORD_TOKEN: ['a.b.c', 'discord.token host'],
    GEMINI_API_KEY: [
      'AIza0123',
      'gemini gemini.apiKey gemini.baseUrl gemini.concurrency gemini.dimensions gemini.embeddingModel gemini.generationModels gemini.timeoutMs',
    ],
    HOME_GUILD_ID: [ID, 'discord.homeGuildId'],
    MODERATOR_ROLE_IDS: [ID, 'discord.moderatorRoleIds'],
    OPERATOR_USER_IDS: [ID, 'discord.operatorUserIds'],
    MESSAGE_CONTENT_INTENT: ['true', 'discord.messageContentIntent'],
    DATA_DIR: ['/srv/bot', 'backup.directory chroma.directory database.file storage.directory storage.isDefault'],
    RAILWAY_VOLUME_MOUNT_PATH: [
      '/vol',
      'backup.directory chroma.directory database.file storage.directory storage.isDefault storage.platform storage.railwayVolume storage.variable',
    ],
    ALLOW_EMPTY_START: ['true', 'storage.allowEmptyStart'],
    DATABASE_URL: ['/srv/bot.db', 'database.file database.isDefault'],
    CHROMADB_PERSIST_DIRECTORY: ['/srv/index', 'chroma.directory chroma.directoryIsDefault'],
    CHROMADB_COLLECTION_NAME: ['other_knowledge', 'chroma.collectionPrefix'],
    CHROMA_URL: [
      'http://chroma:8000',
      'chroma.remote chroma.remote.apiKey chroma.remote.database chroma.remote.tenant chroma.remote.url',
    ],
    CHROMA_API_KEY: ['ck-1', 'chroma.remote.apiKey', CHROMA],
    CHROMA_TENANT: ['team', 'chroma.remote.tenant', CHROMA],
    CHROMA_DATABASE: ['bot', 'chroma.remote.database', CHROMA],
    BACKUP_DIRECTORY: ['/srv/backups', 'backup.directory backup.directoryIsDefault'],
    BACKUP_KEEP: ['7', 'backup.keep.last'],
    BACKUP_KEEP_HOURLY: ['3', 'backup.keep.hourly backup.keep.last'],
    BACKUP_KEEP_DAILY: ['3', 'backup.keep.daily backup.keep.last'],
    BACKUP_KEEP_WEEKLY: ['3', 'backup.keep.last backup.keep.weekly'],
    BACKUP_KEEP_MONTHLY: ['3', 'backup.keep.last backup.keep.monthly'],
    BACKUP_COMPRESSION: ['9', 'backup.compression'],
    BACKUP_SCHEDULE: ['daily 02:00', 'backup.schedule.rule'],
    BACKUP_TIME_ZONE: ['Asia/Tokyo', 'backup.keep.timeZone backup.schedule.timeZone integrity.timeZone'],
    BACKUP_AFTER_CHANGES: ['false', 'backup.schedule.afterChanges'],
    INTEGRITY_SCHEDULE: ['off', 'integrity.rule'],
    GITHUB_SYNC_ENABLED: [
      'false',
      'storage.restoreOnEmpty vaults.github vaults.github.branch vaults.github.keep vaults.github.repository vaults.github.token',
      GITHUB,
    ],
    GITHUB_DATA_REPO: ['mika/other', 'vaults.github.repository', GITHUB],
    GITHUB_TOKEN: ['ghp_other', 'vaults.github.token', GITHUB],
    GITHUB_BRANCH: ['copies', 'vaults.github.branch', GITHUB],
    GITHUB_KEEP: ['3', 'vaults.github.keep', GITHUB],
    S3_ENDPOINT: ['http://minio:9000', 'vaults.s3.endpoint', S3],
    S3_REGION: ['us-east-2', 'vaults.s3.region', S3],
    S3_BUCKET: ['other-bucket', 'vaults.s3.bucket', S3],
    S3_PREFIX: ['a/', 'vaults.s3.prefix', S3],
    S3_ACCESS_KEY_ID: ['AKIA2', 'vaults.s3.accessKeyId', S3],
    S3_SECRET_ACCESS_KEY: ['other', 'vaults.s3.secretAccessKey', S3],
    S3_KEEP: ['3', 'vaults.s3.keep', S3],
    VAULT_DIRECTORY: ['/mnt/nas', 'storage.restoreOnEmpty vaults.folder vaults.folder.directory vaults.folder.keep'],
    VAULT_KEEP: ['3', 'vaults.folder.keep', VAULT],
    VAULT_VERIFY_MB_PER_DAY: ['7', 'vaults.verifyBytesPerDay'],
    BACKUP_AGE_PASSPHRASE: [
      'five other random words',
      'encryption encryption.encryptLocal encryption.key.formerPassphrases encryption.key.identities encryption.key.passphrase encryption.key.recipients',
    ],
    BACKUP_AGE_RECIPIENTS: [
      `age1${'p'.repeat(58)}`,
      'encryption encryption.encryptLocal encryption.key.formerPassphrases encryption.key.identities encryption.key.passphrase encryption.key.recipients',
    ],
    BACKUP_AGE_IDENTITY: [`AGE-SECRET-KEY-1${'Q'.repeat(58)}`, 'encryption.key.identities', RECIPIENTS],
    BACKUP_ENCRYPT_LOCAL: ['true', 'encryption.encryptLocal', PASSPHRASE],
    RESTORE_ON_EMPTY: ['false', 'storage.restoreOnEmpty', VAULT],
    RESTORE_INSTALLATION: ['1a2b3c4d', 'storage.restoreInstallation', VAULT],
    ALERT_CHANNEL_ID: [ID, 'alerts.channel alerts.channel.id alerts.channel.roleId'],
    ALERT_ROLE_ID: [OTHER_ID, 'alerts.channel.roleId', CHANNEL],
    ALERT_LANGUAGE: ['ja', 'alerts.language'],
    ALERT_WEBHOOK_URL: ['https://example.org/hook', 'alerts.webhooks'],
    ALERT_WEBHOOK_KIND: ['slack', 'alerts.webhooks', HOOK],
    ALERT_EMAIL_TO: ['ken@example.org', 'alerts.email.to', MAIL],
    ALERT_EMAIL_FROM: ['other@example.org', 'alerts.email.from', MAIL],
    SMTP_URL: ['smtps://u:p@other.example.org', 'alerts.email.host alerts.email.port alerts.email.secure', MAIL],
    SMTP_REQUIRE_TLS: ['false', 'alerts.email.requireTls', MAIL],
    BACKUP_MAX_AGE_HOURS: ['7', 'alerts.backupMaxAgeMs'],
    BACKUP_MAX_MB: ['7', 'alerts.backupMaxBytes'],
    GEMINI_GENERATION_MODELS: ['gemini-x', 'gemini.generationModels', GEMINI],
    GEMINI_EMBEDDING_MODEL: ['gemini-embedding-2', 'gemini.embeddingModel', GEMINI],
    GEMINI_EMBEDDING_DIMENSIONS: ['1536', 'gemini.dimensions', GEMINI],
    GEMINI_BASE_URL: ['http://proxy:1', 'gemini.baseUrl', GEMINI],
    GEMINI_CONCURRENCY: ['7', 'gemini.concurrency', GEMINI],
    GEMINI_TIMEOUT_SECONDS: ['7', 'gemini.timeoutMs', GEMINI],
    MAX_DOCUMENT_MB: ['7', 'limits.documentBytes'],
    MAX_QUESTION_CHARACTERS: ['700', 'limits.questionCharacters'],
    ANSWER_PASSAGE_TOKENS: ['700', 'limits.passageTokens'],
    ANSWER_MAX_OUTPUT_TOKENS: ['700', 'limits.outputTokens'],
    ANSWER_TIMEOUT_SECONDS: ['7', 'limits.answerMs'],
    QUESTIONS_PER_USER_PER_MINUTE: ['7', 'limits.questionsPerUserPerMinute'],
    QUESTIONS_PER_SERVER_PER_MINUTE: ['7', 'limits.questionsPerGuildPerMinute'],
    API_TOKEN: [TOKEN, 'api.tokens'],
    API_TOKENS: [`grafana:read:${TOKEN}`, 'api.tokens'],
    API_REQUESTS_PER_MINUTE: ['70', 'api.requestsPerMinute'],
    TRUST_PROXY: ['7', 'api.trustedProxies'],
    HISTORY_DAYS: ['7', 'historyDays'],
    LOG_LEVEL: ['debug', 'logLevel'],
    LOG_FILE: ['/var/log/bot.log', 'logFile logFile.file logFile.maxBytes logFile.maxFiles'],
    LOG_FILE_MB: ['7', 'logFile.maxBytes', LOG],
    LOG_FILES: ['7', 'logFile.maxFiles', LOG],
    HOST: ['::1', 'host'],
    PORT: ['7', 'port'],
    CLI_COMMAND: ['bot', 'cliCommand'],
  };

/** Path → value of every leaf. */
function leaves(value: unknown, path = '', found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return found.set(path, JSON.stringify(value));
  for (const [key, one] of Object.entries(value)) leaves(one, path === '' ? key : `${path}.${key}`, found);
  return found;
}

function differences(one: Config, other: Config): string[] {
  const [a, b] = [one, other].map(({ given: _given, notices: _notices, ...rest }) => leaves(rest));
  const paths = [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])];
  return paths.filter((path) => a?.get(path) !== b?.get(path)).sort();
}

test('every variable has another valid value in the table', () => {
  assert.deepEqual([...Object.keys(CHANGES), 'PLAYGROUND_EXPOSED'].sort(), VARIABLE_NAMES.toSorted());
});

for (const [name, [value, shows, base = {}]] of Object.entries(CHANGES)) {
  test(`${name} changes the configuration where it should, and nowhere else`, () => {
    assert.deepEqual(differences(parseConfig(base), parseConfig({ ...base, [name]: value })), shows.split(' '));
  });
}

test('PLAYGROUND_EXPOSED changes what is refused', () => {
  const open = { HOST: '0.0.0.0' };
  assert.match(problemsOf(open), /PLAYGROUND_EXPOSED=true/);
  assert.equal(parseConfig({ ...open, PLAYGROUND_EXPOSED: 'true' }).host, '0.0.0.0');
});

/** In the unit in which it was written, so that 7 MB are not 7 GB. */
test('what is a number is taken in its unit', () => {
  const numbers = Object.fromEntries(
    Object.entries(CHANGES).flatMap(([name, [value, shows, base = {}]]) => {
      if (!/^\d+$/.test(value) || value.length > 4 || shows.includes(' ')) return [];
      return [[name, Number(leaves(parseConfig({ ...base, [name]: value })).get(shows))]];
    }),
  );
  const scaled = Object.entries(numbers).filter(
    ([name, value]) => String(value) !== CHANGES[name as keyof typeof CHANGES][0],
  );
  assert.deepEqual(Object.fromEntries(scaled), {
    BACKUP_MAX_AGE_HOURS: 7 * 3_600_000,
    BACKUP_MAX_MB: 7_000_000,
    GEMINI_TIMEOUT_SECONDS: 7_000,
    MAX_DOCUMENT_MB: 7 * 2 ** 20,
    ANSWER_TIMEOUT_SECONDS: 7_000,
    LOG_FILE_MB: 7_000_000,
    VAULT_VERIFY_MB_PER_DAY: 7_000_000,
  });
});

test('what switches something off does, and any other value is taken as it is', () => {
  const rules = (rule: string) => parseConfig({ INTEGRITY_SCHEDULE: rule, BACKUP_SCHEDULE: rule });
  assert.deepEqual([rules('off').integrity.rule, rules('off').backup.schedule.enabled], [null, false]);
  const daily = rules('daily 05:00');
  assert.deepEqual([daily.integrity.rule, daily.backup.schedule.rule], ['daily 05:00', 'daily 05:00']);
  assert.deepEqual(
    ['0', '7'].map((days) => parseConfig({ HISTORY_DAYS: days }).historyDays),
    [null, 7],
  );
});
