import { alertVariables } from './alert-variables.ts';
import {
  apiToken,
  apiTokens,
  backupSchedule,
  collectionPrefix,
  databaseUrl,
  httpUrl,
  nonEmptyList,
  oneOf,
  snowflake,
  snowflakes,
  text,
  timeZone,
  wholeNumber,
  yesOrNo,
  type ReadValue,
} from './values.ts';
import { below, optional, secret, variable, type Variable } from './variable.ts';
import { vaultVariables } from './vault-variables.ts';

const discordVariables = {
  DISCORD_TOKEN: secret('Bot token from the Discord Developer Portal. Without it, the playground starts instead.'),
  HOME_GUILD_ID: optional(
    snowflake,
    'Server whose moderators operate the bot. Without it, the first server is home until an operator makes another one it.',
  ),
  MODERATOR_ROLE_IDS: variable(snowflakes, '', 'Roles that may teach the bot, besides everyone with Manage Server.'),
  OPERATOR_USER_IDS: variable(snowflakes, '', 'People who may operate the bot, besides the owner of the application.'),
  MESSAGE_CONTENT_INTENT: variable(
    yesOrNo,
    'false',
    'Whether the Message Content intent is switched on in the Developer Portal: follow-ups in threads without a mention.',
  ),
};

const storageVariables = {
  DATA_DIR: optional(
    text,
    'Folder, or mount of a volume, for everything that is kept. By default the volume of a Railway service, elsewhere `data`.',
  ),
  RAILWAY_VOLUME_MOUNT_PATH: optional(
    text,
    'Where the volume is; Railway sets it by itself. `DATA_DIR` goes before it.',
  ),
  ALLOW_EMPTY_START: variable(
    yesOrNo,
    'false',
    'For one start: begin with an empty database although there are traces of an earlier one, or keep one that does not fit its index.',
  ),
  DATABASE_URL: below(
    databaseUrl,
    'nescordbot.db',
    'SQLite file. `sqlite:///app/data/nescordbot.db` is /app/data/nescordbot.db; `?timeout=20&journal_mode=DELETE` is understood; DELETE is for volumes that cannot do WAL. By default in `DATA_DIR`.',
  ),
  CHROMADB_PERSIST_DIRECTORY: below(
    text,
    'chromadb',
    "Folder of the local Chroma server's files. By default in `DATA_DIR`.",
  ),
  CHROMADB_COLLECTION_NAME: variable(
    collectionPrefix,
    'nescord_knowledge',
    'What the names of all Chroma collections begin with.',
  ),
  CHROMA_URL: optional(httpUrl, 'Address of a Chroma server to use instead of the local one.'),
  CHROMA_API_KEY: secret('Key for that Chroma server.'),
  CHROMA_TENANT: optional(text, 'Tenant on that Chroma server.'),
  CHROMA_DATABASE: optional(text, 'Database on that Chroma server.'),
};

const backupsVariables = {
  BACKUP_DIRECTORY: below(
    text,
    'backups',
    'Folder of the backups. By default in `DATA_DIR`; best on the volume of the data, or on another that is always mounted.',
  ),
  BACKUP_KEEP: variable(
    wholeNumber(1, 1000),
    '5',
    'How many backups are kept, and as many of those after changes, where none of the four periods below is set.',
  ),
  BACKUP_KEEP_HOURLY: variable(
    wholeNumber(0, 1000),
    '0',
    'Keep the newest backup of each of so many hours; 0 switches it off. Any of the four replaces `BACKUP_KEEP`.',
  ),
  BACKUP_KEEP_DAILY: variable(wholeNumber(0, 1000), '0', 'The same for days.'),
  BACKUP_KEEP_WEEKLY: variable(wholeNumber(0, 1000), '0', 'The same for weeks, which begin on Monday.'),
  BACKUP_KEEP_MONTHLY: variable(wholeNumber(0, 1000), '0', 'The same for months.'),
  BACKUP_COMPRESSION: variable(wholeNumber(1, 19), '1', 'zstd level of the archives: 1 is fast, 19 is small and slow.'),
  BACKUP_SCHEDULE: variable(
    backupSchedule,
    'every 6h',
    'When backups are made by themselves: `every 6h`, `daily 02:00`, `weekly sun 02:00`, `monthly 1 02:00` or `off`.',
  ),
  BACKUP_TIME_ZONE: variable(
    timeZone,
    'UTC',
    'Time zone of the schedule and of the days, weeks and months to keep, such as `Asia/Tokyo`.',
  ),
  BACKUP_AFTER_CHANGES: variable(
    yesOrNo,
    'true',
    'Whether a backup is made when knowledge has changed, at most every 10 minutes.',
  ),
  INTEGRITY_SCHEDULE: variable(
    backupSchedule,
    'daily 03:30',
    'When database, index and stored backups are checked for damage, by `BACKUP_TIME_ZONE`; written like `BACKUP_SCHEDULE`.',
  ),
};

const geminiVariables = {
  GEMINI_API_KEY: secret('Gemini API key. Without it, the offline engine answers with sentences from the documents.'),
  GEMINI_GENERATION_MODELS: variable(
    nonEmptyList,
    'gemini-3.6-flash,gemini-3.5-flash-lite',
    'Models that write answers, the preferred one first; the next one is used when one is out of quota or retired.',
  ),
  GEMINI_EMBEDDING_MODEL: variable(
    text,
    'gemini-embedding-001',
    'Model that turns passages into vectors. Another one means that everything is embedded again.',
  ),
  GEMINI_EMBEDDING_DIMENSIONS: variable(wholeNumber(128, 3072), '768', 'Numbers per vector.'),
  GEMINI_BASE_URL: optional(httpUrl, 'Address of the Gemini API, for a proxy.'),
  GEMINI_CONCURRENCY: variable(wholeNumber(1, 32), '4', 'Requests to Gemini at the same time.'),
  GEMINI_TIMEOUT_SECONDS: variable(wholeNumber(1, 600), '30', 'How long one request to Gemini may take.'),
};

const answersVariables = {
  MAX_DOCUMENT_MB: variable(wholeNumber(1, 100), '10', 'Largest document that can be taught.'),
  MAX_QUESTION_CHARACTERS: variable(wholeNumber(100, 6000), '2000', 'Longest question.'),
  ANSWER_PASSAGE_TOKENS: variable(wholeNumber(500, 100_000), '4000', 'How much of the documents is read per answer.'),
  ANSWER_MAX_OUTPUT_TOKENS: variable(wholeNumber(100, 32_768), '1024', 'How long an answer may be.'),
  ANSWER_TIMEOUT_SECONDS: variable(wholeNumber(5, 600), '60', 'After this time, passages are shown instead.'),
  QUESTIONS_PER_USER_PER_MINUTE: variable(wholeNumber(1, 1000), '6', 'More get a message saying when to try again.'),
  QUESTIONS_PER_SERVER_PER_MINUTE: variable(wholeNumber(1, 100_000), '60', 'The same, for a whole server.'),
  HISTORY_DAYS: variable(
    wholeNumber(0, 36_500),
    '90',
    'Questions, answers and votes are removed after so many days; the daily figures stay. 0 keeps them for ever.',
  ),
};

const apiVariables = {
  API_TOKEN: {
    read: apiToken,
    default: null,
    secret: true,
    about: 'Token of 32 or more random characters that opens the REST API. Without any, there are health checks only.',
  },
  API_TOKENS: {
    read: apiTokens,
    default: '',
    secret: true,
    about: 'More of them, each with a name and what it may do: `grafana:read:TOKEN,deploy:operate:TOKEN`.',
  },
  API_REQUESTS_PER_MINUTE: variable(wholeNumber(10, 100_000), '600', 'Requests that one token may make in a minute.'),
  TRUST_PROXY: variable(
    wholeNumber(0, 10),
    '0',
    'How many proxies stand before the bot and name the address they were called from: 1 on Railway, 0 without one.',
  ),
} satisfies Record<string, Variable<unknown>>;

const processVariables = {
  LOG_LEVEL: variable(oneOf('error', 'warn', 'info', 'debug'), 'info', 'error, warn, info or debug.'),
  LOG_FILE: optional(text, 'File that the log is written to besides the console, readable by the bot alone.'),
  LOG_FILE_MB: variable(wholeNumber(1, 1000), '10', 'How large it grows before another one is begun.'),
  LOG_FILES: variable(wholeNumber(1, 100), '5', 'How many of them are kept: `LOG_FILE`, `LOG_FILE.1` and so on.'),
  HOST: optional(text, 'Address to listen on. By default 127.0.0.1 for the playground, and 0.0.0.0 for the real bot.'),
  PLAYGROUND_EXPOSED: variable(
    yesOrNo,
    'false',
    'Whether the playground may listen where other machines could reach it. Whoever opens it is an operator: for a port that is published on 127.0.0.1 alone.',
  ),
  PORT: variable(
    wholeNumber(0, 65_535),
    '3000',
    'Port of the playground, the dashboard, the REST API and the health checks.',
  ),
  CLI_COMMAND: variable(
    text,
    'npm run cli --',
    'How messages name the shell commands. The container image and the systemd unit set it.',
  ),
};

/** In the order in which they are documented; the titles are those of `.env.example` and of both READMEs. */
export const variableGroups = [
  { title: { en: 'Discord', ja: 'Discord' }, variables: discordVariables },
  { title: { en: 'Storage', ja: 'データの保存先' }, variables: storageVariables },
  { title: { en: 'Backups', ja: 'バックアップ' }, variables: backupsVariables },
  { title: { en: 'Off-site copies and encryption', ja: '外部コピーと暗号化' }, variables: vaultVariables },
  { title: { en: 'Alerts', ja: 'アラート' }, variables: alertVariables },
  { title: { en: 'Gemini', ja: 'Gemini' }, variables: geminiVariables },
  { title: { en: 'Answers and limits', ja: '回答と上限' }, variables: answersVariables },
  { title: { en: 'REST API and dashboard', ja: 'REST API とダッシュボード' }, variables: apiVariables },
  { title: { en: 'Process and log', ja: 'プロセスとログ' }, variables: processVariables },
] as const;

/** Every variable that the bot reads, in the order in which they are documented. */
export const variables = {
  ...discordVariables,
  ...storageVariables,
  ...backupsVariables,
  ...vaultVariables,
  ...alertVariables,
  ...geminiVariables,
  ...answersVariables,
  ...apiVariables,
  ...processVariables,
} satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof variables;

/** What each variable reads as; null only where there is no default. */
export type Values = {
  readonly [Name in VariableName]: (typeof variables)[Name] extends { read: ReadValue<infer T>; default: infer D }
    ? T | (D extends null ? null : never)
    : never;
};
