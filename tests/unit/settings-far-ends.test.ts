import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { VARIABLE_NAMES } from '../../src/config/environment.ts';

const PEOPLE = 'e2e/settings-in-force';
const ENGINE = 'integration/engine-settings';
const BACKUPS = 'integration/backup-settings';
const ENCRYPTION = 'e2e/encrypted-backups';
const STARTS = 'faults/start-up';
const MAIN = 'integration/main';

/**
 * For each variable the test that starts from it and sees at the far end that the program does something else: the file, how
 * the test is called, and what it is about. Where a variable is cut off from what it is for, that test fails.
 */
const FAR_ENDS: readonly (readonly [file: string, title: string, variables: string])[] = [
  [PEOPLE, 'DISCORD_TOKEN and HOME_GUILD_ID', 'DISCORD_TOKEN HOME_GUILD_ID'],
  [PEOPLE, 'MODERATOR_ROLE_IDS', 'MODERATOR_ROLE_IDS'],
  [PEOPLE, 'OPERATOR_USER_IDS', 'OPERATOR_USER_IDS'],
  [PEOPLE, 'MESSAGE_CONTENT_INTENT=', 'MESSAGE_CONTENT_INTENT'],
  [STARTS, 'The whole data folder was moved', 'DATA_DIR'],
  [STARTS, 'Not on a volume, on Railway', 'RAILWAY_VOLUME_MOUNT_PATH'],
  [STARTS, "The database's volume is empty, and ALLOW_EMPTY_START is set", 'ALLOW_EMPTY_START'],
  [STARTS, 'The database was exchanged by hand', 'DATABASE_URL'],
  [STARTS, "The index's volume is empty", 'CHROMADB_PERSIST_DIRECTORY'],
  [ENGINE, 'CHROMADB_COLLECTION_NAME', 'CHROMADB_COLLECTION_NAME'],
  [
    ENGINE,
    'CHROMA_URL, CHROMA_API_KEY, CHROMA_TENANT and CHROMA_DATABASE',
    'CHROMA_URL CHROMA_API_KEY CHROMA_TENANT CHROMA_DATABASE',
  ],
  [STARTS, "The backup folder is another bot's", 'BACKUP_DIRECTORY'],
  [
    BACKUPS,
    'retention keeps what the environment says',
    'BACKUP_KEEP BACKUP_KEEP_HOURLY BACKUP_KEEP_DAILY BACKUP_KEEP_WEEKLY BACKUP_KEEP_MONTHLY',
  ],
  [BACKUPS, 'BACKUP_COMPRESSION', 'BACKUP_COMPRESSION'],
  [
    BACKUPS,
    'BACKUP_SCHEDULE, BACKUP_TIME_ZONE and BACKUP_AFTER_CHANGES',
    'BACKUP_SCHEDULE BACKUP_TIME_ZONE BACKUP_AFTER_CHANGES',
  ],
  [BACKUPS, 'INTEGRITY_SCHEDULE: damage', 'INTEGRITY_SCHEDULE'],
  [
    BACKUPS,
    'GITHUB_DATA_REPO, GITHUB_TOKEN, GITHUB_BRANCH and GITHUB_KEEP',
    'GITHUB_SYNC_ENABLED GITHUB_DATA_REPO GITHUB_TOKEN GITHUB_BRANCH GITHUB_KEEP',
  ],
  [
    BACKUPS,
    'S3_ENDPOINT, S3_BUCKET, S3_PREFIX, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_KEEP',
    'S3_ENDPOINT S3_REGION S3_BUCKET S3_PREFIX S3_ACCESS_KEY_ID S3_SECRET_ACCESS_KEY S3_KEEP',
  ],
  [BACKUPS, "t.test('VAULT_VERIFY_MB_PER_DAY'", 'VAULT_VERIFY_MB_PER_DAY'],
  [BACKUPS, 'VAULT_DIRECTORY and VAULT_KEEP', 'VAULT_DIRECTORY VAULT_KEEP'],
  [ENCRYPTION, 'a bot whose passphrase was cut off at # until now', 'BACKUP_AGE_PASSPHRASE'],
  [
    ENCRYPTION,
    'with BACKUP_ENCRYPT_LOCAL every backup lies encrypted',
    'BACKUP_AGE_RECIPIENTS BACKUP_AGE_IDENTITY BACKUP_ENCRYPT_LOCAL',
  ],
  ['e2e/empty-volume', 'volume deleted, bot started', 'RESTORE_ON_EMPTY'],
  ['e2e/empty-volume', 'two bots on one vault', 'RESTORE_INSTALLATION'],
  [BACKUPS, 'ALERT_CHANNEL_ID and ALERT_ROLE_ID', 'ALERT_CHANNEL_ID ALERT_ROLE_ID'],
  [
    BACKUPS,
    'ALERT_LANGUAGE, ALERT_WEBHOOK_URL and ALERT_WEBHOOK_KIND',
    'ALERT_LANGUAGE ALERT_WEBHOOK_URL ALERT_WEBHOOK_KIND',
  ],
  [BACKUPS, 'ALERT_EMAIL_TO, ALERT_EMAIL_FROM and SMTP_URL', 'ALERT_EMAIL_TO ALERT_EMAIL_FROM SMTP_URL'],
  [BACKUPS, 'SMTP_REQUIRE_TLS=true refuses', 'SMTP_REQUIRE_TLS'],
  ['e2e/alerts', 'what goes wrong arrives in a Discord channel', 'BACKUP_MAX_AGE_HOURS'],
  [BACKUPS, "test('BACKUP_MAX_MB'", 'BACKUP_MAX_MB'],
  [ENGINE, 'GEMINI_API_KEY and GEMINI_BASE_URL', 'GEMINI_API_KEY GEMINI_BASE_URL'],
  [ENGINE, 'GEMINI_GENERATION_MODELS', 'GEMINI_GENERATION_MODELS'],
  [ENGINE, 'GEMINI_EMBEDDING_MODEL', 'GEMINI_EMBEDDING_MODEL'],
  [ENGINE, 'GEMINI_EMBEDDING_DIMENSIONS', 'GEMINI_EMBEDDING_DIMENSIONS'],
  [ENGINE, 'GEMINI_CONCURRENCY', 'GEMINI_CONCURRENCY'],
  [ENGINE, 'GEMINI_TIMEOUT_SECONDS', 'GEMINI_TIMEOUT_SECONDS'],
  [ENGINE, 'ANSWER_PASSAGE_TOKENS', 'ANSWER_PASSAGE_TOKENS'],
  [ENGINE, 'ANSWER_MAX_OUTPUT_TOKENS', 'ANSWER_MAX_OUTPUT_TOKENS'],
  [ENGINE, 'ANSWER_TIMEOUT_SECONDS', 'ANSWER_TIMEOUT_SECONDS'],
  [PEOPLE, 'MAX_DOCUMENT_MB', 'MAX_DOCUMENT_MB'],
  [PEOPLE, 'MAX_QUESTION_CHARACTERS', 'MAX_QUESTION_CHARACTERS'],
  [PEOPLE, 'API_REQUESTS_PER_MINUTE', 'API_REQUESTS_PER_MINUTE'],
  [PEOPLE, 'TRUST_PROXY', 'TRUST_PROXY'],
  [PEOPLE, 'HISTORY_DAYS', 'HISTORY_DAYS'],
  [
    PEOPLE,
    'QUESTIONS_PER_USER_PER_MINUTE and QUESTIONS_PER_SERVER_PER_MINUTE',
    'QUESTIONS_PER_USER_PER_MINUTE QUESTIONS_PER_SERVER_PER_MINUTE',
  ],
  [PEOPLE, 'API_TOKEN and API_TOKENS', 'API_TOKEN API_TOKENS'],
  [PEOPLE, 'HOST and PORT', 'HOST PORT'],
  [MAIN, 'how much is logged, and how much of it is kept', 'LOG_LEVEL LOG_FILE LOG_FILE_MB LOG_FILES'],
  [MAIN, 'as compose.yaml sets it up', 'PLAYGROUND_EXPOSED'],
  [STARTS, 'Database and index are empty, backups are there', 'CLI_COMMAND'],
];

const sourceOf = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('every variable has a test at its far end', () => {
  const named = FAR_ENDS.flatMap(([, , variables]) => variables.split(' '));
  assert.deepEqual(named.sort(), VARIABLE_NAMES.toSorted());
});

for (const [file, title, variables] of FAR_ENDS) {
  test(`the test at the far end of ${variables} is there, and sets it`, () => {
    const source = sourceOf(`${file}.test.ts`);
    assert.ok(source.includes(title), `${file} has no test called so`);
    const support = [...source.matchAll(/from '\.\.\/(support\/[\w-]+\.ts)'/g)].map(([, path = '']) => sourceOf(path));
    const all = [source, ...support].join('\n');
    for (const variable of variables.split(' ')) assert.match(all, new RegExp(`\\b${variable}\\b`));
  });
}
