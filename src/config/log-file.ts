import { basename, dirname, join, resolve, sep } from 'node:path';

export interface LogFileConfig {
  readonly file: string;
  readonly maxBytes: number;
  /** This one and those that made way. */
  readonly maxFiles: number;
}

interface Places {
  readonly logFile: LogFileConfig | null;
  readonly database: { readonly file: string };
  readonly chroma: { readonly directory: string };
  readonly backup: { readonly directory: string };
}

export function logFileConfig(values: {
  readonly LOG_FILE: string | null;
  readonly LOG_FILE_MB: number;
  readonly LOG_FILES: number;
}): LogFileConfig | null {
  if (values.LOG_FILE === null) return null;
  return { file: resolve(values.LOG_FILE), maxBytes: values.LOG_FILE_MB * 1_000_000, maxFiles: values.LOG_FILES };
}

/** Lines in the database would be the end of it; and what restores exchange, or a mount may hide, is no place for the log. */
export function logFileProblems({ logFile, database, chroma, backup }: Places): string[] {
  if (logFile === null) return [];
  const { file } = logFile;
  const isOfDatabase = isNamedAfter(file, database.file);
  const within = [chroma.directory, backup.directory].find((folder) => file.startsWith(join(resolve(folder), sep)));
  if (!isOfDatabase && within === undefined) return [];
  return [
    `LOG_FILE must be a file of its own; ${file} ${isOfDatabase ? 'belongs to the database' : `is inside ${within}`}. ` +
      `Use ${join(dirname(database.file), 'logs', 'nescordbot.log')}, say.`,
  ];
}

/** `bot.db`, `bot.db-wal`, `bot.db.audit.jsonl`, `.bot.db.alerts.json`. */
function isNamedAfter(file: string, database: string): boolean {
  return [database, join(dirname(database), `.${basename(database)}`)].some(
    (name) => file === name || file.startsWith(`${name}-`) || file.startsWith(`${name}.`),
  );
}
