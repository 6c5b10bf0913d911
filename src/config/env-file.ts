import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseEnv } from 'node:util';
import { AppError } from '../errors.ts';
import { remarksOn } from './env-remarks.ts';

/** What a file such as `.env` gave, and what is to be said of its lines. No value is in the words. */
export interface EnvFile {
  /** What it added to the environment. */
  readonly names: ReadonlySet<string>;
  /** For these the bot does not start: a secret is another than the one that was written. */
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

export const noEnvFile: EnvFile = { names: new Set(), problems: [], notices: [] };

/**
 * Adds the settings of a file such as `.env`, where there is one, to those that are set already, which win. Editors on
 * Windows put a byte order mark first, which would otherwise become part of the first name.
 * @throws AppError `config` when it is there and cannot be read
 */
export function loadEnvFile(file: string, environment: Record<string, string | undefined>): EnvFile {
  const content = textOf(file);
  const added = Object.entries(parseEnv(content)).filter(([name]) => environment[name] === undefined);
  const remarks = remarksOn(content, basename(file), (name) => environment[name] !== undefined);
  for (const [name, value] of added) environment[name] = value;
  return { names: new Set(added.map(([name]) => name)), ...remarks };
}

function textOf(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') return '';
    const why = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8 text' : code;
    throw new AppError('config', `${file} cannot be read (${why}). Put it right, or remove it.`, { cause: error });
  }
}
