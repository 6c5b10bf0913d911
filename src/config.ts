import { join, resolve } from 'node:path';
import { AppError } from './errors.ts';
import { alertProblems, alertsConfig, type AlertsConfig } from './config/alerts.ts';
import { apiConfig, tokenProblems, type ApiConfig } from './config/api.ts';
import { backupConfig, type BackupConfig } from './config/backup.ts';
import { chromaConfig, type ChromaConfig } from './config/chroma.ts';
import { noEnvFile, type EnvFile } from './config/env-file.ts';
import { misspelt } from './config/env-remarks.ts';
import {
  given,
  givenValues,
  readVariable,
  VARIABLE_NAMES,
  type Environment,
  type GivenValues,
} from './config/environment.ts';
import { geminiConfig, type GeminiConfig } from './config/gemini.ts';
import { logFileConfig, logFileProblems, type LogFileConfig } from './config/log-file.ts';
import { playgroundProblems } from './config/playground.ts';
import { storageConfig, type StorageConfig } from './config/storage.ts';
import { databaseUrl, type DatabaseLocation } from './config/values.ts';
import type { Values, VariableName } from './config/variables.ts';
import {
  encryptionConfig,
  vaultProblems,
  vaultsConfig,
  type EncryptionConfig,
  type VaultsConfig,
} from './config/vaults.ts';

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
  readonly chroma: ChromaConfig;
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
  readonly given: GivenValues;
  /** What was written and does nothing, each with its remedy: for the log, the doctor and `config`. */
  readonly notices: readonly string[];
  /** After so many days questions are removed; null keeps them. */
  readonly historyDays: number | null;
  readonly host: string;
  readonly port: number;
}

/**
 * Every path becomes an absolute one, so that whatever names it says where it is.
 * @throws AppError `config` that lists every problem at once, each with the fix
 */
export function parseConfig(environment: Environment, file: EnvFile = noEnvFile): Config {
  const problems: string[] = [...file.problems];
  const isGiven = (name: VariableName) => given(environment, name) !== null;
  const values = readAll(environment, problems);
  if (values.CHROMA_API_KEY !== null && values.CHROMA_URL === null && !isGiven('CHROMA_URL')) {
    problems.push('CHROMA_API_KEY is set without CHROMA_URL; set both, or neither to use the local server.');
  }
  // A token that was refused is one: its problem is told.
  if (!isGiven('DISCORD_TOKEN')) problems.push(...playgroundProblems(values));
  problems.push(...tokenProblems(values));
  problems.push(...vaultProblems(values, isGiven));
  problems.push(...alertProblems(isGiven));
  refuse(problems);
  const config = arrange(values, environment);
  refuse(logFileProblems(config));
  const notices = [...file.notices, ...misspelt(environment, file.names)];
  return { ...config, given: givenValues(environment, file.names), notices };
}

function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new AppError(
    'config',
    `The configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n` +
      problems.map((problem) => `  - ${problem}`).join('\n') +
      '\n.env.example describes every variable.',
  );
}

/**
 * Where the mistakes of a configuration are told besides the console; null where LOG_FILE is not set, or is one of them. What
 * is wrong elsewhere counts as not set.
 */
export function logFileDespiteMistakes(environment: Environment): LogFileConfig | null {
  const isRight = (name: VariableName): boolean => {
    const problems: string[] = [];
    readVariable(name, environment, problems);
    return problems.length === 0;
  };
  const right = Object.fromEntries(VARIABLE_NAMES.filter(isRight).map((name) => [name, environment[name]]));
  const places = placesOf(readAll(right, []), right);
  return isRight('LOG_FILE') && logFileProblems(places).length === 0 ? places.logFile : null;
}

const readAll = (environment: Environment, problems: string[]): Values =>
  Object.fromEntries(
    VARIABLE_NAMES.map((name) => [name, readVariable(name, environment, problems)]),
  ) as unknown as Values;

function arrange(values: Values, environment: Environment): Omit<Config, 'given' | 'notices'> {
  return {
    ...placesOf(values, environment),
    discord: {
      token: values.DISCORD_TOKEN,
      homeGuildId: values.HOME_GUILD_ID,
      moderatorRoleIds: values.MODERATOR_ROLE_IDS,
      operatorUserIds: values.OPERATOR_USER_IDS,
      messageContentIntent: values.MESSAGE_CONTENT_INTENT,
    },
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
    api: apiConfig(values),
    cliCommand: values.CLI_COMMAND,
    logLevel: values.LOG_LEVEL,
    historyDays: values.HISTORY_DAYS === 0 ? null : values.HISTORY_DAYS,
    host: values.HOST ?? (values.DISCORD_TOKEN === null ? '127.0.0.1' : '0.0.0.0'),
    port: values.PORT,
  };
}

function placesOf(values: Values, environment: Environment) {
  const storage = storageConfig(values, environment);
  return {
    storage,
    database: {
      ...(values.DATABASE_URL ?? databaseUrl('default')),
      file: resolve(values.DATABASE_URL?.file ?? join(storage.directory, 'nescordbot.db')),
      isDefault: values.DATABASE_URL === null,
    },
    chroma: chromaConfig(values, storage),
    backup: backupConfig(values, storage),
    logFile: logFileConfig(values),
  };
}
