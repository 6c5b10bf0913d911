import { join, resolve } from 'node:path';
import { AppError } from './errors.ts';
import { alertProblems, alertsConfig, type AlertsConfig } from './config/alerts.ts';
import { percentDecoded } from './config/alert-values.ts';
import { databaseUrl, Problem, type ApiToken, type DatabaseLocation } from './config/values.ts';
import { variables, type Values, type VariableName } from './config/variables.ts';
import {
  encryptionConfig,
  vaultProblems,
  vaultsConfig,
  type EncryptionConfig,
  type VaultsConfig,
} from './config/vaults.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  readonly discord: {
    /** Null: the playground is started and used instead. */
    readonly token: string | null;
    readonly homeGuildId: string | null;
    readonly moderatorRoleIds: readonly string[];
    readonly operatorUserIds: readonly string[];
    readonly messageContentIntent: boolean;
  };
  readonly storage: StorageConfig;
  /** `isDefault`: a folder of ours is created; one that someone configured must be there. */
  readonly database: DatabaseLocation & { readonly isDefault: boolean };
  readonly chroma: {
    readonly directory: string;
    readonly directoryIsDefault: boolean;
    readonly collectionPrefix: string;
    readonly remote: ChromaRemote | null;
  };
  readonly backup: BackupConfig;
  readonly integrity: {
    /** Null: nothing is looked at by itself. */
    readonly rule: string | null;
    /** IANA name. */
    readonly timeZone: string;
  };
  readonly vaults: VaultsConfig;
  /** Null: nothing is encrypted. */
  readonly encryption: EncryptionConfig | null;
  readonly alerts: AlertsConfig;
  readonly gemini: GeminiConfig | null;
  readonly limits: {
    readonly documentBytes: number;
    readonly questionCharacters: number;
    readonly passageTokens: number;
    readonly outputTokens: number;
    readonly answerMs: number;
    readonly questionsPerUserPerMinute: number;
    readonly questionsPerGuildPerMinute: number;
  };
  readonly api: ApiConfig;
  /** What the shell commands begin with where this runs, for messages. */
  readonly cliCommand: string;
  readonly logLevel: Values['LOG_LEVEL'];
  /** Null: the console alone. */
  readonly logFile: LogFileConfig | null;
  /** As it was written, secrets included, and where it stood. */
  readonly given: Readonly<Partial<Record<VariableName, GivenValue>>>;
  /** After so many days questions are removed; null keeps them. */
  readonly historyDays: number | null;
  readonly host: string;
  readonly port: number;
}

export interface GivenValue {
  readonly text: string;
  readonly from: 'environment' | '.env';
}

export interface LogFileConfig {
  readonly file: string;
  readonly maxBytes: number;
  /** This one and those that made way. */
  readonly maxFiles: number;
}

export interface ApiConfig {
  /** Empty: there is no API. */
  readonly tokens: readonly ApiToken[];
  readonly requestsPerMinute: number;
  /** How many proxies' word about the caller's address is taken. */
  readonly trustedProxies: number;
}

export interface StorageConfig {
  /** What everything lies in by default. Unless `isDefault`, somebody's mount, which must be there. */
  readonly directory: string;
  readonly isDefault: boolean;
  /** The variable that named it, or could. */
  readonly variable: 'DATA_DIR' | 'RAILWAY_VOLUME_MOUNT_PATH';
  readonly allowEmptyStart: boolean;
  readonly restoreOnEmpty: boolean;
  /** As the surroundings say; null elsewhere. */
  readonly platform: 'railway' | 'kubernetes' | null;
  readonly railwayVolume: string | null;
}

export interface ChromaRemote {
  readonly url: string;
  readonly apiKey: string | null;
  readonly tenant: string | null;
  readonly database: string | null;
}

export interface BackupConfig {
  readonly directory: string;
  readonly directoryIsDefault: boolean;
  /** How many to keep by each rule; 0 switches one off. */
  readonly keep: {
    readonly last: number;
    readonly hourly: number;
    readonly daily: number;
    readonly weekly: number;
    readonly monthly: number;
    readonly timeZone: string;
  };
  /** zstd level. */
  readonly compression: number;
  /** Until operators change it; `off` among the rules is `enabled: false`. */
  readonly schedule: {
    readonly enabled: boolean;
    readonly rule: string;
    readonly timeZone: string;
    readonly afterChanges: boolean;
  };
}

export interface GeminiConfig {
  readonly apiKey: string;
  readonly generationModels: readonly string[];
  readonly embeddingModel: string;
  readonly dimensions: number;
  readonly baseUrl: string | null;
  readonly concurrency: number;
  readonly timeoutMs: number;
}

const VARIABLE_NAMES = Object.keys(variables) as VariableName[];

/**
 * Every path becomes an absolute one, so that whatever names it says where it is.
 * @throws AppError `config` that lists every problem at once, each with the fix
 */
export function parseConfig(environment: Environment, fromFile: ReadonlySet<string> = new Set()): Config {
  const problems: string[] = [];
  const values = Object.fromEntries(
    VARIABLE_NAMES.map((name) => [name, readVariable(name, environment, problems)]),
  ) as unknown as Values;
  if (values.CHROMA_API_KEY !== null && values.CHROMA_URL === null && given(environment, 'CHROMA_URL') === null) {
    problems.push('CHROMA_API_KEY is set without CHROMA_URL; set both, or neither to use the local server.');
  }
  problems.push(...tokenProblems(apiTokens(values)));
  problems.push(...vaultProblems(values, (name) => given(environment, name) !== null));
  problems.push(...alertProblems((name) => given(environment, name) !== null));
  if (problems.length > 0) {
    throw new AppError(
      'config',
      `The configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n` +
        problems.map((problem) => `  - ${problem}`).join('\n') +
        '\n.env.example describes every variable.',
    );
  }
  return { ...arrange(values, environment), given: givenValues(environment, fromFile) };
}

function givenValues(environment: Environment, fromFile: ReadonlySet<string>): Config['given'] {
  const entries = VARIABLE_NAMES.map((name) => {
    const text = given(environment, name);
    return [name, text === null ? undefined : { text, from: fromFile.has(name) ? '.env' : 'environment' }];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Config['given'];
}

/** The values that must never be logged; of a list with secrets in it, every part. */
export function secretsOf(environment: Environment): string[] {
  const secrets = VARIABLE_NAMES.filter((name) => 'secret' in variables[name])
    .map((name) => given(environment, name))
    .filter((value) => value !== null);
  // Shorter parts are the words of a passphrase with commas: masking them would eat the log.
  const parts = secrets.flatMap((value) => value.split(',')).filter((part) => part.length >= 16);
  const named = parts.map((part) => part.trim().replace(/^[\w.-]*:(read|operate):/, ''));
  return [...new Set([...secrets, ...named, ...secrets.flatMap(secretsInAddress)])];
}

/** The same of a configuration that was read. */
export function secretsIn({ given }: Pick<Config, 'given'>): string[] {
  return secretsOf(Object.fromEntries(Object.entries(given).map(([name, { text }]) => [name, text])));
}

/** Errors name parts of an address: its password, as it is written and as it is meant, and the path, which is the key to a webhook. */
function secretsInAddress(value: string): string[] {
  return value.split(',').flatMap((part) => {
    if (!/^[a-z]+:\/\//i.test(part.trim()) || !URL.canParse(part.trim())) return [];
    const { password, pathname, search } = new URL(part.trim());
    const keys = [`${pathname}${search}`, pathname.split('/').at(-1) ?? ''].filter(({ length }) => length >= 16);
    return [password, percentDecoded(password), ...keys].filter((one) => one !== '');
  });
}

function given(environment: Environment, name: VariableName): string | null {
  const value = environment[name]?.trim();
  return value === undefined || value === '' ? null : value;
}

function readVariable(name: VariableName, environment: Environment, problems: string[]): unknown {
  const variable = variables[name];
  const value = given(environment, name) ?? variable.default;
  if (value === null) return null;
  try {
    return variable.read(value);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const shown = 'secret' in variable ? 'its value' : JSON.stringify(withoutPassword(value));
    problems.push(`${name} must be ${error.message}; ${shown} is not.`);
    return null;
  }
}

/** An address for another program may be given by mistake, with its password. */
function withoutPassword(value: string): string {
  return value.replace(/(?<=:\/\/)[^/?#]*(?=@)/, '•••');
}

function arrange(values: Values, environment: Environment): Omit<Config, 'given'> {
  const storage = storageConfig(values, environment);
  return {
    storage,
    discord: {
      token: values.DISCORD_TOKEN,
      homeGuildId: values.HOME_GUILD_ID,
      moderatorRoleIds: values.MODERATOR_ROLE_IDS,
      operatorUserIds: values.OPERATOR_USER_IDS,
      messageContentIntent: values.MESSAGE_CONTENT_INTENT,
    },
    database: {
      ...(values.DATABASE_URL ?? databaseUrl('default')),
      file: resolve(values.DATABASE_URL?.file ?? join(storage.directory, 'nescordbot.db')),
      isDefault: values.DATABASE_URL === null,
    },
    chroma: {
      directory: resolve(values.CHROMADB_PERSIST_DIRECTORY ?? join(storage.directory, 'chromadb')),
      directoryIsDefault: values.CHROMADB_PERSIST_DIRECTORY === null,
      collectionPrefix: values.CHROMADB_COLLECTION_NAME,
      remote: remoteChroma(values),
    },
    backup: backupConfig(values, storage),
    integrity: {
      rule: values.INTEGRITY_SCHEDULE === 'off' ? null : values.INTEGRITY_SCHEDULE,
      timeZone: values.BACKUP_TIME_ZONE,
    },
    vaults: vaultsConfig(values),
    encryption: encryptionConfig(values),
    alerts: alertsConfig(values),
    gemini: geminiConfig(values),
    limits: {
      documentBytes: values.MAX_DOCUMENT_MB * 1024 * 1024,
      questionCharacters: values.MAX_QUESTION_CHARACTERS,
      passageTokens: values.ANSWER_PASSAGE_TOKENS,
      outputTokens: values.ANSWER_MAX_OUTPUT_TOKENS,
      answerMs: values.ANSWER_TIMEOUT_SECONDS * 1000,
      questionsPerUserPerMinute: values.QUESTIONS_PER_USER_PER_MINUTE,
      questionsPerGuildPerMinute: values.QUESTIONS_PER_SERVER_PER_MINUTE,
    },
    api: {
      tokens: apiTokens(values),
      requestsPerMinute: values.API_REQUESTS_PER_MINUTE,
      trustedProxies: values.TRUST_PROXY,
    },
    cliCommand: values.CLI_COMMAND,
    logLevel: values.LOG_LEVEL,
    logFile:
      values.LOG_FILE === null
        ? null
        : { file: values.LOG_FILE, maxBytes: values.LOG_FILE_MB * 1_000_000, maxFiles: values.LOG_FILES },
    historyDays: values.HISTORY_DAYS === 0 ? null : values.HISTORY_DAYS,
    host: values.HOST ?? (values.DISCORD_TOKEN === null ? '127.0.0.1' : '0.0.0.0'),
    port: values.PORT,
  };
}

function apiTokens({ API_TOKEN: token, API_TOKENS: named }: Values): readonly ApiToken[] {
  // Null where it was refused: the problem is told with the others.
  const more: readonly ApiToken[] | null = named;
  return [...(token === null ? [] : [{ name: 'api', scope: 'operate', token } as const]), ...(more ?? [])];
}

function tokenProblems(tokens: readonly ApiToken[]): string[] {
  const twice = (values: readonly string[]): boolean => new Set(values).size < values.length;
  return [
    ...(twice(tokens.map(({ name }) => name))
      ? ['API_TOKENS names two tokens the same, and `api` is the one in API_TOKEN; give each a name of its own.']
      : []),
    ...(twice(tokens.map(({ token }) => token))
      ? ['API_TOKEN and API_TOKENS have the same token twice; give each name a token of its own.']
      : []),
  ];
}

const RAILWAY = ['RAILWAY_ENVIRONMENT_ID', 'RAILWAY_PROJECT_ID', 'RAILWAY_SERVICE_ID'];

function storageConfig(values: Values, environment: Environment): StorageConfig {
  const { DATA_DIR: named, RAILWAY_VOLUME_MOUNT_PATH: railwayVolume } = values;
  const isSet = (name: string) => (environment[name] ?? '') !== '';
  const onRailway = railwayVolume !== null || RAILWAY.some(isSet);
  return {
    directory: resolve(named ?? railwayVolume ?? 'data'),
    isDefault: named === null && railwayVolume === null,
    variable: named === null && railwayVolume !== null ? 'RAILWAY_VOLUME_MOUNT_PATH' : 'DATA_DIR',
    allowEmptyStart: values.ALLOW_EMPTY_START,
    restoreOnEmpty: values.RESTORE_ON_EMPTY,
    platform: onRailway ? 'railway' : isSet('KUBERNETES_SERVICE_HOST') ? 'kubernetes' : null,
    railwayVolume: railwayVolume === null ? null : resolve(railwayVolume),
  };
}

function remoteChroma(values: Values): ChromaRemote | null {
  if (values.CHROMA_URL === null) return null;
  return {
    url: values.CHROMA_URL,
    apiKey: values.CHROMA_API_KEY,
    tenant: values.CHROMA_TENANT,
    database: values.CHROMA_DATABASE,
  };
}

function backupConfig(values: Values, storage: StorageConfig): BackupConfig {
  const timeZone = values.BACKUP_TIME_ZONE;
  const periods = {
    hourly: values.BACKUP_KEEP_HOURLY,
    daily: values.BACKUP_KEEP_DAILY,
    weekly: values.BACKUP_KEEP_WEEKLY,
    monthly: values.BACKUP_KEEP_MONTHLY,
  };
  const byPeriod = Object.values(periods).some((count) => count > 0);
  const enabled = values.BACKUP_SCHEDULE !== 'off';
  return {
    directory: resolve(values.BACKUP_DIRECTORY ?? join(storage.directory, 'backups')),
    directoryIsDefault: values.BACKUP_DIRECTORY === null,
    keep: { last: byPeriod ? 0 : values.BACKUP_KEEP, ...periods, timeZone },
    compression: values.BACKUP_COMPRESSION,
    schedule: {
      enabled,
      rule: enabled ? values.BACKUP_SCHEDULE : variables.BACKUP_SCHEDULE.default,
      timeZone,
      afterChanges: values.BACKUP_AFTER_CHANGES,
    },
  };
}

function geminiConfig(values: Values): GeminiConfig | null {
  if (values.GEMINI_API_KEY === null) return null;
  return {
    apiKey: values.GEMINI_API_KEY,
    generationModels: values.GEMINI_GENERATION_MODELS,
    embeddingModel: values.GEMINI_EMBEDDING_MODEL,
    dimensions: values.GEMINI_EMBEDDING_DIMENSIONS,
    baseUrl: values.GEMINI_BASE_URL,
    concurrency: values.GEMINI_CONCURRENCY,
    timeoutMs: values.GEMINI_TIMEOUT_SECONDS * 1000,
  };
}
