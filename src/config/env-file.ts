import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { AppError } from '../errors.ts';

/**
 * Adds the settings of a file such as `.env`, where there is one, to those that are set already, which win. Editors on
 * Windows put a byte order mark first, which would otherwise become part of the first name. Returns the names it added.
 * @throws AppError `config` when it is there and cannot be read
 */
export function loadEnvFile(file: string, environment: Record<string, string | undefined>): ReadonlySet<string> {
  const added = Object.entries(parseEnv(textOf(file))).filter(([name]) => environment[name] === undefined);
  for (const [name, value] of added) environment[name] = value;
  return new Set(added.map(([name]) => name));
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
